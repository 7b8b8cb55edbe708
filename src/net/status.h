#ifndef PINDAO_NET_STATUS_H
#define PINDAO_NET_STATUS_H

/*
 * What a status code means, in the words of the standards (RFC 9110 15, RFC 6585), not in the server's, which may say
 * anything there, a secret sent to it too; "" where they have none.
 */
const char *status_phrase(int status);

#endif

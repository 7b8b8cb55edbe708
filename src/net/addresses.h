#ifndef PINDAO_NET_ADDRESSES_H
#define PINDAO_NET_ADDRESSES_H

#include "base/attributes.h"

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Is it an address of the public internet? No: what IANA's registries of special addresses (RFC 6890) hold for other
 * ends, multicast, and where clouds tell a machine its secrets. An IPv4 address inside one of IPv6 (mapped, NAT64,
 * 6to4) counts as itself. What is neither IPv4 nor IPv6 is not public.
 */
bool address_is_public(const struct sockaddr *address);
/* The same of "192.0.2.1" or "2001:db8::1"; false of anything else. */
bool address_text_is_public(const char *text);

#endif

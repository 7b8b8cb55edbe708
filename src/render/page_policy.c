#include "render/pages.h"

/*
 * Nothing from elsewhere but what articles name: pictures, sound and films. No script of anybody's, no style in the
 * page itself, nothing sent anywhere.
 */
struct slice page_policy(void) {
    return SLICE("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' http: https: data:; "
                 "media-src http: https:; connect-src 'self'; base-uri 'self'; form-action 'none'");
}

#include "render/template_names.h"

static const char of_site[] = "title subtitle url author rights icp icon logo ";

/* What every page has. */
static const char of_page[] = "base here language title name description canonical image is_article noindex policy "
                              "site subtitle url author rights icp icon logo "
                              "text opml has_my feeds label type path address";

static const struct {
    const char *names;
    const char *common;
} rows[TEMPLATE_COUNT] = {
    [TEMPLATE_INDEX] = {"table row_label column_label columns short count rows sparkline cells level is_empty total "
                        "groups has_groups channels months_begin months_end entries older archive main_feed qr",
                        of_page},
    [TEMPLATE_CHANNEL] =
        {"channel count shown has_more entries is_empty qr related has_related older older_name archive period",
         of_page},
    [TEMPLATE_ARCHIVE] = {"channel years year periods count", of_page},
    [TEMPLATE_ARTICLE] =
        {"entry id is_own_page date iso source labels term taxonomy tags summary enclosure size is_audio is_video "
         "shows_image has_labels is_withdrawn authors related updated content json_ld original channels has_channels "
         "has_related feed",
         of_page},
    [TEMPLATE_WITHDRAWN] = {"date iso", of_page},
    [TEMPLATE_MY] = {"groups has_several_groups taxonomy terms key count data", of_page},
    [TEMPLATE_ITEM] = {"entry title address is_own_page id date iso text source name labels label path term taxonomy "
                       "has_labels tags summary language image enclosure type size is_audio is_video is_withdrawn site",
                       of_site},
    [TEMPLATE_ENTRY] =
        {"body image title address is_own_page id source name authors date iso text updated labels label "
         "term taxonomy has_labels tags summary language related has_related enclosure type size "
         "is_audio is_video is_withdrawn site",
         of_site},
    [TEMPLATE_FEED_STYLESHEET] = {"text has_pages", ""},
};

const char *template_names(enum template_name name, const char **ret_common) {
    *ret_common = rows[name].common;
    return rows[name].names;
}

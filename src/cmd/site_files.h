#ifndef PINDAO_CMD_SITE_FILES_H
#define PINDAO_CMD_SITE_FILES_H

#include "cmd/tree_making.h"

/*
 * What stands in the tree once, for browsers, hosts and search engines: feed.css, to which Atom and RSS refer, whatever
 * the formats; where there are pages, their stylesheet, scripts and picture, robots.txt, sitemap.xml and .nojekyll;
 * where there are pages or hubs, _headers. Call it last: sitemap.xml lists making->links.
 */
void site_files_write(const struct tree_making *making);

/*
 * One such file. static: may have one of this path, or somebody may have put one into the output directory, as people
 * did before there were pages: that is the editor's word, and there is none of ours. When all feeds were put.
 */
void site_file_put(const struct tree_making *making, struct slice path, struct slice bytes, const char *type);

/* Has the folder of static: something at this path of the tree, a file or a folder, at this moment? Asks the disk. */
bool site_file_is_given(const struct settings *settings, struct slice path);

#endif

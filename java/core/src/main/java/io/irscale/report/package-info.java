/** What a run leaves behind: images with their metadata, contact sheets, and the report. */
@NullMarked
package io.irscale.report;

import org.jspecify.annotations.NullMarked;

/** Many images in one file, as web-scale tools pack them: WebDataset tars and Parquet tables. */
@NullMarked
package io.irscale.data.shard;

import org.jspecify.annotations.NullMarked;

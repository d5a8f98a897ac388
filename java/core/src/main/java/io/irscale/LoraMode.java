package io.irscale;

/** How LoRAs meet the transformer's weights. */
public enum LoraMode {
    /** Added into a second copy of the layers they touch: no cost a step. */
    MERGED,
    /** Added at run time as low-rank branches: no second copy, some cost a step. */
    UNMERGED
}

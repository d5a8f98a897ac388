package io.irscale.lora;

/**
 * Sizes of a linear layer's weight (out, in).
 *
 * @param out rows
 * @param in columns
 */
public record ModuleShape(long out, long in) {}

package io.irscale.lora;

import java.util.List;

/**
 * Where an update belongs that a file gives under one name.
 *
 * @param modules the linear layers whose rows, one layer after another, the name stands for, all with the same input; or
 *     a single norm. Each takes A whole and its own rows of B; that holds too where a trainer left B block-sparse, since
 *     no more than the product B A counts
 * @param swapHalves whether the halves of the rows stand in the other order in the file
 */
public record LoraSite(List<String> modules, boolean swapHalves) {
    public LoraSite {
        modules = List.copyOf(modules);
    }
}

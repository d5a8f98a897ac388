package io.irscale.cli;

import io.irscale.lora.Lora;
import io.irscale.lora.LoraModules;
import io.irscale.lora.LoraTarget;
import io.irscale.lora.LoraUpdate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is in a LoRA for a model.
 *
 * @param lora the file's updates
 * @param layers the updates in the model's order
 */
record LoraInspection(Lora lora, List<Layer> layers) {
    private static final Pattern BLOCK = Pattern.compile("(.*?)\\.(\\d+)\\.(.*)");

    /**
     * One layer's update.
     *
     * @param norm Frobenius, of scale times the term; of a DoRA before its magnitudes
     */
    record Layer(LoraUpdate update, double norm) {
        /** The layer's name, with its model's unless that is the transformer. */
        String name() {
            return update.target() == LoraTarget.TRANSFORMER
                    ? update.module()
                    : update.target().component() + "." + update.module();
        }

        /** The block that has the layer; for a layer outside of the blocks, its own name. */
        String block() {
            Matcher matcher = BLOCK.matcher(name());
            return matcher.matches() ? matcher.group(1) + "." + matcher.group(2) : name();
        }

        /** The same for layers that do the same in different blocks. */
        String kind() {
            return BLOCK.matcher(name()).replaceFirst("$1.*.$3");
        }
    }

    /**
     * All layers of a block.
     *
     * @param norm of the updates together
     */
    record Block(String name, int layers, double norm) {
        private static Block of(String name, List<Layer> layers) {
            double squares = layers.stream()
                    .mapToDouble(layer -> layer.norm * layer.norm)
                    .sum();
            return new Block(name, layers.size(), Math.sqrt(squares));
        }
    }

    /** Computes the norms. */
    static LoraInspection of(Lora lora, LoraLayers model) {
        List<LoraUpdate> ordered = new ArrayList<>();
        ordered.addAll(inOrder(lora.updates(LoraTarget.TRANSFORMER), model.transformer()));
        ordered.addAll(inOrder(lora.updates(LoraTarget.CLIP), model.clip()));
        return new LoraInspection(
                lora,
                ordered.parallelStream()
                        .map(update -> new Layer(update, Factors.norm(update)))
                        .toList());
    }

    // Files order their keys by name, where block 10 stands before block 2.
    private static List<LoraUpdate> inOrder(List<LoraUpdate> updates, LoraModules modules) {
        Map<String, LoraUpdate> byName =
                updates.stream().collect(Collectors.toMap(LoraUpdate::module, Function.identity()));
        return modules.shapes().keySet().stream()
                .filter(byName::containsKey)
                .map(byName::get)
                .toList();
    }

    /** The blocks in the model's order. */
    List<Block> blocks() {
        return layers.stream()
                .collect(Collectors.groupingBy(Layer::block, LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(entry -> Block.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Layers by kind, in the model's order. */
    Map<String, Long> kinds() {
        return layers.stream().collect(Collectors.groupingBy(Layer::kind, LinkedHashMap::new, Collectors.counting()));
    }

    /** Layers by the kind of their update, such as LoRA or LoKr. */
    SortedMap<String, Long> updates() {
        return layers.stream()
                .collect(Collectors.groupingBy(layer -> layer.update.kind(), TreeMap::new, Collectors.counting()));
    }

    /** Layers by rank, of those that have one. */
    SortedMap<Long, Long> ranks() {
        return layers.stream()
                .flatMap(layer -> layer.update.term().rank().stream())
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    }

    /** Layers by what their term counts: alpha / rank. */
    SortedMap<Double, Long> scales() {
        return layers.stream()
                .collect(Collectors.groupingBy(layer -> layer.update.scale(), TreeMap::new, Collectors.counting()));
    }

    /** Layers of one of the models. */
    long layers(LoraTarget target) {
        return layers.stream().filter(layer -> layer.update.target() == target).count();
    }
}

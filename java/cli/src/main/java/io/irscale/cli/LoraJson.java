package io.irscale.cli;

import io.irscale.file.AtomicFile;
import io.irscale.lora.Lora;
import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An inspection as JSON. */
final class LoraJson {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private LoraJson() {}

    /** Writes {@code file}, at once. */
    static void write(Path file, LoraInspection inspection) {
        Lora lora = inspection.lora();
        ObjectNode root = MAPPER.createObjectNode();
        root.put("irscale", Version.text()).put("file", lora.file().toString());
        root.put("format", lora.format().title());
        ObjectNode kinds = root.putObject("kinds");
        inspection.updates().forEach(kinds::put);
        ArrayNode vectors = root.putArray("vectors");
        lora.vectors().forEach(vector -> vectors.add(vector.parameter()));
        ObjectNode ranks = root.putObject("ranks");
        inspection.ranks().forEach((rank, count) -> ranks.put(rank.toString(), count));
        ObjectNode scales = root.putObject("scales");
        inspection.scales().forEach((scale, count) -> scales.put(scale.toString(), count));
        ObjectNode targets = root.putObject("targets");
        inspection.kinds().forEach(targets::put);
        ArrayNode matched = root.putArray("matched");
        lora.match().matched().forEach(matched::add);
        LoraKeys.write(root.putObject("unmatched"), lora.match());
        ArrayNode blocks = root.putArray("blocks");
        inspection
                .blocks()
                .forEach(block -> blocks.addObject()
                        .put("name", block.name())
                        .put("layers", block.layers())
                        .put("norm", block.norm()));
        ArrayNode layers = root.putArray("layers");
        inspection.layers().forEach(layer -> {
            ObjectNode entry = layers.addObject()
                    .put("name", layer.name())
                    .put("kind", layer.update().kind());
            layer.update().term().rank().ifPresent(rank -> entry.put("rank", rank));
            entry.put("scale", layer.update().scale()).put("norm", layer.norm());
        });
        AtomicFile.write(file, MAPPER.writeValueAsBytes(root));
    }
}

package io.irscale.cli;

import io.irscale.Engine;
import io.irscale.LoadedLora;
import io.irscale.LoraMode;
import io.irscale.lora.LoraFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The LoRAs that a run draws with, as it tells of them. */
public final class AppliedLoras {
    private static final int DIGITS = 12;

    private final List<LoadedLora> loras;
    private final List<String> digests;
    private final LoraMode mode;
    private final Duration time;

    private AppliedLoras(List<LoadedLora> loras, List<String> digests, LoraMode mode, Duration time) {
        this.loras = loras;
        this.digests = digests;
        this.mode = mode;
        this.time = time;
    }

    /** Hands the set to the engine. */
    static AppliedLoras apply(Engine engine, LoraSet set) {
        if (set.specs().isEmpty()) {
            return new AppliedLoras(List.of(), List.of(), set.mode(), Duration.ZERO);
        }
        long start = System.nanoTime();
        List<LoadedLora> loras = engine.loras(set.specs(), set.mode(), set.strict());
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        List<String> digests = set.specs().stream()
                .map(spec -> FileDigest.sha256(LoraFile.located(spec.file())))
                .toList();
        return new AppliedLoras(loras, digests, set.mode(), time);
    }

    /** A line for each, with what has no effect. */
    List<String> lines() {
        return loras.stream()
                .map(lora -> "LoRA %s at scale %s: %s format, changes %d layers of the transformer and %d of CLIP%s"
                        .formatted(
                                lora.spec().file(),
                                lora.spec().scale(),
                                lora.format().title(),
                                lora.transformerLayers(),
                                lora.clipLayers(),
                                LoraKeys.complaint(lora.match())
                                        .map(text -> "; " + text)
                                        .orElse("")))
                .toList();
    }

    /** For the PNG files: names without folders, scales, and the first digits of SHA-256; empty without LoRAs. */
    Optional<String> text() {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < loras.size(); i++) {
            texts.add("%s:%s sha256:%s"
                    .formatted(
                            loras.get(i).spec().file().getFileName(),
                            loras.get(i).spec().scale(),
                            digests.get(i).substring(0, DIGITS)));
        }
        return texts.isEmpty() ? Optional.empty() : Optional.of(texts.stream().collect(Collectors.joining(", ")));
    }

    /** For {@code run.json}. */
    void write(ObjectNode root) {
        ArrayNode list = root.putArray("loras");
        for (int i = 0; i < loras.size(); i++) {
            LoadedLora lora = loras.get(i);
            ObjectNode out = list.addObject();
            out.put("file", lora.spec().file().toString())
                    .put("scale", lora.spec().scale());
            out.put("format", lora.format().title()).put("sha256", digests.get(i));
            out.put("transformer_layers", lora.transformerLayers()).put("clip_layers", lora.clipLayers());
            out.put("matched", lora.match().matched().size());
            LoraKeys.write(out.putObject("unmatched"), lora.match());
        }
        root.put("lora_mode", Converters.name(mode)).put("lora_ms", Durations.millis(time));
    }
}

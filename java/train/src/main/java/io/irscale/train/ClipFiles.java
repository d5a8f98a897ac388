package io.irscale.train;

import io.irscale.data.image.Scaling;
import io.irscale.file.AtomicFile;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.SafetensorsWriter;
import io.irscale.tensor.StoredTensor;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes adapted verifiers: a CLIP with its LoRAs merged, and the LoRAs in PEFT's format. */
final class ClipFiles {
    private static final JsonMapper JSON = new JsonMapper();

    private ClipFiles() {}

    /** {@code from}'s tensors, those of linear layers as {@code clip} computes with them now. */
    static void merged(Path from, Path to, Clip clip, Scaling scaling) {
        Path file = to.resolve("model.safetensors");
        Map<String, String> modules = new HashMap<>();
        clip.modules().forEach(module -> {
            modules.put(transformers(module) + ".weight", module);
            modules.put(module + ".weight", module); // of a text encoder by itself
        });
        try (Checkpoint checkpoint = Checkpoint.open(from, "model");
                Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>();
            checkpoint.tensors().forEach((name, stored) -> {
                String module = modules.get(name);
                tensors.add(module == null ? stored : weight(arena, file, name, clip, module));
            });
            SafetensorsWriter.write(file, tensors, ModelFiles.header(scaling));
        }
    }

    private static StoredTensor weight(Arena arena, Path file, String name, Clip clip, String module) {
        try (Tensor weight = clip.parameter(module + ".weight")) {
            return ModelFiles.stored(arena, file, name, weight, DType.BF16);
        }
    }

    /** {@code adapter_config.json} and {@code adapter_model.safetensors} (peft, save_and_load.py). */
    static void adapter(Path folder, Parameters factors, int rank, Scaling scaling) {
        Path file = folder.resolve("adapter_model.safetensors");
        AtomicFile.makeFolder(folder);
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>();
            List<String> targets = new ArrayList<>();
            for (String name : factors.names()) {
                String module = name.substring(0, name.indexOf(".lora_"));
                String key = "base_model.model." + transformers(module) + name.substring(module.length());
                tensors.add(ModelFiles.stored(arena, file, key, name, factors, DType.F32));
                if (name.endsWith("lora_A.weight")) {
                    targets.add(transformers(module));
                }
            }
            SafetensorsWriter.write(file, tensors, ModelFiles.header(scaling));
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("peft_type", "LORA");
            config.put("r", rank);
            config.put("lora_alpha", rank);
            config.put("lora_dropout", 0.0);
            config.put("bias", "none");
            config.put("target_modules", targets);
            AtomicFile.write(
                    folder.resolve("adapter_config.json"),
                    JSON.writerWithDefaultPrettyPrinter()
                            .writeValueAsString(config)
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    // The text tower's layers have short names, for FLUX's LoRA files.
    private static String transformers(String module) {
        return module.startsWith("vision_model.") ? module : "text_model." + module;
    }
}

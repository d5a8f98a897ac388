package io.irscale.inspect;

import io.irscale.ModelFiles;
import io.irscale.ModelIndex;
import io.irscale.denoise.SchedulerConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.JsonConfig;
import io.irscale.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Looks at files and folders as people have them. Models are opened by the same code that loads them, up to the point where
 * weights would be read, so that what is refused here is refused there, in the same words.
 */
public final class Inspector {
    // Components of a pipeline that hold weights, in the order in which an image goes through them.
    private static final List<String> MODELS = List.of("text_encoder", "text_encoder_2", "transformer", "vae");
    // What their weights are called.
    private static final List<String> OF_TRANSFORMERS = List.of("model");
    private static final List<String> OF_DIFFUSERS = List.of("diffusion_pytorch_model");
    private static final Map<String, String> TOKENIZERS =
            Map.of("tokenizer", "CLIP", "tokenizer_2", "T5", "clip_l", "CLIP", "t5", "T5");

    private Inspector() {}

    /**
     * What lies at {@code path}: one entry for a file of one model, one a model for a file of several, one a part for a
     * pipeline.
     *
     * @param path a file or folder
     * @return at least one entry; nothing is thrown for what is wrong with a file
     */
    public static List<Inspection> inspect(Path path) {
        if (Files.isDirectory(path)) {
            return isPipeline(path) ? pipeline(path) : folder(path);
        }
        return Files.isRegularFile(path)
                ? InspectedWeights.of(path)
                : List.of(Inspection.refused(path, "nothing", path + ": is not there"));
    }

    private static boolean isPipeline(Path folder) {
        return Files.exists(folder.resolve("model_index.json"))
                || (Files.isDirectory(folder.resolve("transformer")) && Files.isDirectory(folder.resolve("vae")));
    }

    private static List<Inspection> pipeline(Path folder) {
        List<Inspection> found = new ArrayList<>();
        found.add(index(folder));
        for (String name : MODELS) {
            Path part = folder.resolve(name);
            if (Files.isDirectory(part)) {
                found.addAll(InspectedWeights.of(part, name.startsWith("text") ? OF_TRANSFORMERS : OF_DIFFUSERS));
            } else {
                found.add(Inspection.refused(part, "nothing", part + ": is missing"));
            }
        }
        found.add(scheduler(folder));
        found.add(tokenizers(folder));
        return found;
    }

    private static Inspection index(Path folder) {
        Path index = folder.resolve(ModelIndex.FILE);
        return attempt(index, "a pipeline", () -> {
            if (!Files.exists(index)) {
                return Inspection.of(folder, "a pipeline's folder without model_index.json", "--model");
            }
            List<String> warnings = ModelIndex.check(ModelFiles.of(folder));
            return new Inspection(
                    folder,
                    "a pipeline, " + JsonConfig.read(index).text("_class_name", "FluxPipeline"),
                    "--model",
                    0,
                    Map.of(),
                    warnings,
                    List.of());
        });
    }

    private static Inspection scheduler(Path folder) {
        Path config = folder.resolve("scheduler/scheduler_config.json");
        return attempt(config, "a scheduler", () -> {
            SchedulerConfig.of(JsonConfig.read(config));
            return Inspection.of(
                    config, JsonConfig.read(config).text("_class_name", SchedulerConfig.CLASS_NAME), "part of --model");
        });
    }

    private static Inspection tokenizers(Path folder) {
        return attempt(folder, "tokenizers", () -> {
            Tokenizers found = Tokenizers.find(folder);
            return Inspection.of(
                    folder,
                    "tokenizers " + found.clip().getFileName() + " and "
                            + found.t5().getFileName(),
                    "part of --model");
        });
    }

    private static List<Inspection> folder(Path folder) {
        String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
        if (TOKENIZERS.containsKey(name) && !holdsWeights(folder)) {
            return List.of(
                    Inspection.of(folder, "a tokenizer of " + TOKENIZERS.get(name), "--tokenizers of its folder"));
        }
        return InspectedWeights.of(folder);
    }

    private static boolean holdsWeights(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".safetensors"));
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** A look that may fail. */
    interface Look {
        Inspection at();
    }

    static Inspection attempt(Path path, String what, Look look) {
        try {
            return look.at();
        } catch (InvalidInputException e) {
            return Inspection.refused(path, what, String.valueOf(e.getMessage()));
        }
    }
}

package io.irscale.train;

import io.irscale.data.image.Scaling;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.DeviceLora;
import io.irscale.lora.ModuleShape;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.ClipConfig;
import io.irscale.text.ClipTokenizer;
import io.irscale.text.TokenIds;
import io.irscale.verify.ClipPreprocessing;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** A CLIP in training, with its preprocessing and tokenizer: all of it, or LoRAs on the layers of both towers. */
public final class TrainedClip implements AutoCloseable {
    private final Parts parts;
    private final Path folder;
    private final Clip clip;
    private final ClipPreprocessing preprocessing;
    private final ClipTokenizer tokenizer;
    private final Parameters weights;
    private final OptionalInt rank;
    private final Map<String, TokenIds> tokenized = new HashMap<>();

    private TrainedClip(Parts parts, Path folder, Clip clip, Parameters weights, OptionalInt rank) {
        this.parts = parts;
        this.folder = folder;
        this.clip = clip;
        this.weights = weights;
        this.rank = rank;
        preprocessing = ClipPreprocessing.read(folder, clip.config().imageSize());
        tokenizer = parts.own(ClipTokenizer.open(folder));
    }

    /**
     * All of a model.
     *
     * @param folder of transformers, with {@code config.json}, tokenizer and perhaps preprocessing; where it has no
     *     weights the model starts from initial ones
     * @throws InvalidInputException if a file is missing or wrong, or it has no image tower
     */
    public static TrainedClip whole(Path folder, long seed, Device device, DType dtype) {
        return Parts.opening(parts -> {
            Parameters weights = parts.own(TextTowers.parameters(folder, seed, device, dtype));
            ClipConfig config = ClipConfig.of(JsonConfig.read(folder.resolve("config.json")));
            requireImageTower(folder, config);
            return new TrainedClip(parts, folder, parts.own(Clip.of(config, weights)), weights, OptionalInt.empty());
        });
    }

    /**
     * LoRAs of that rank, with an alpha equal to it, on every linear layer of both towers.
     *
     * @throws InvalidInputException if a file is missing or wrong, or it has no image tower
     */
    public static TrainedClip lora(Path folder, int rank, long seed, Device device, DType dtype) {
        return lora(folder, module -> true, rank, seed, device, dtype);
    }

    /** The same on the image tower alone: texts keep their embeddings. */
    public static TrainedClip imageLora(Path folder, int rank, long seed, Device device, DType dtype) {
        return lora(folder, module -> module.startsWith("vision_model."), rank, seed, device, dtype);
    }

    private static TrainedClip lora(
            Path folder, Predicate<String> targets, int rank, long seed, Device device, DType dtype) {
        return Parts.opening(parts -> {
            Checkpoint.open(folder, "model").close(); // which the merged weights will be written from
            Clip clip = parts.own(Clip.open(folder, device, dtype));
            requireImageTower(folder, clip.config());
            clip.logitScale(); // the losses need it
            Map<String, ModuleShape> modules = new LinkedHashMap<>();
            for (String module : clip.modules().stream().filter(targets).toList()) {
                try (Tensor weight = clip.parameter(module + ".weight")) {
                    modules.put(module, new ModuleShape(weight.size(0), weight.size(1)));
                }
            }
            Parameters factors = parts.own(InitialLora.of(modules, rank, seed, device));
            return new TrainedClip(parts, folder, clip, factors, OptionalInt.of(rank));
        });
    }

    private static void requireImageTower(Path folder, ClipConfig config) {
        if (config.image().isEmpty()) {
            throw new InvalidInputException(
                    folder + ": is a CLIP text encoder, expected a CLIPModel with an image tower");
        }
    }

    Map<String, Parameters> parameters() {
        return Map.of(rank.isPresent() ? "lora" : "clip", weights);
    }

    Clip clip() {
        return clip;
    }

    ClipPreprocessing preprocessing() {
        return preprocessing;
    }

    List<TokenIds> tokenize(List<String> texts) {
        return texts.stream()
                .map(text -> tokenized.computeIfAbsent(
                        text, key -> tokenizer.encode(key, clip.config().positions())))
                .toList();
    }

    /** The model with its LoRAs as they are now, until closed; the model itself where it is trained as a whole. */
    DeviceLora.Lent lend() {
        return rank.isEmpty()
                ? DeviceLora.Lent.NOTHING
                : DeviceLora.Lent.of(DeviceLora.inTraining(weights, clip.dtype(), 1, 0, 0), clip::merge);
    }

    /** The whole model as transformers saves it and, of LoRAs, {@code adapter/} as PEFT does. */
    void save(Path out, Scaling scaling) {
        Path target = out.resolve("clip");
        ModelFiles.copyFolder(folder, target);
        if (rank.isEmpty()) {
            ModelFiles.weights(target.resolve("model.safetensors"), weights, scaling);
        } else {
            try (DeviceLora.Lent _ = lend()) {
                ClipFiles.merged(folder, target, clip, scaling);
            }
            ClipFiles.adapter(out.resolve("adapter"), weights, rank.getAsInt(), scaling);
        }
    }

    @Override
    public void close() {
        parts.close();
    }
}

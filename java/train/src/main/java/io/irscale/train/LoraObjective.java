package io.irscale.train;

import io.irscale.decode.Vae;
import io.irscale.denoise.FluxLoraNames;
import io.irscale.denoise.FluxTransformer;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.DeviceLora;
import io.irscale.lora.Lora;
import io.irscale.lora.LoraFormat;
import io.irscale.lora.LoraMatch;
import io.irscale.lora.LoraTarget;
import io.irscale.lora.LoraTerm;
import io.irscale.lora.LoraUpdate;
import io.irscale.lora.LoraWriter;
import io.irscale.lora.ModuleShape;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A LoRA (arXiv 2106.09685) of a transformer, whose own weights and text encoders stay as they are. */
public final class LoraObjective extends FlowObjective {
    private static final String FILE = "pytorch_lora_weights.safetensors";

    private final Parts parts = new Parts();
    private final Form form;
    private final Map<String, ModuleShape> modules;
    private final FluxTransformer flux;
    private final TextTowers text;
    private final Parameters factors;

    /**
     * What a LoRA looks like.
     *
     * @param rank at least 1
     * @param alpha its scale times its rank
     * @param targets layers whose diffusers name this finds
     * @param dropout share of each branch's inputs that is left out in training, in [0, 1)
     */
    public record Form(int rank, double alpha, Pattern targets, float dropout) {
        /** The attention and MLP layers of all blocks, as published FLUX LoRAs train them. */
        public static final String BLOCKS =
                "attn\\.(to|add)_|ff(_context)?\\.net|single_transformer_blocks\\.\\d+\\.proj_";

        /** @throws InvalidInputException if a value is out of range */
        public Form {
            if (rank < 1 || !(alpha > 0) || !(dropout >= 0 && dropout < 1)) {
                throw new InvalidInputException(
                        "LoRA of rank %d, alpha %s, dropout %s: expected at least 1, above 0, [0, 1)"
                                .formatted(rank, alpha, dropout));
            }
        }

        double scale() {
            return alpha / rank;
        }
    }

    /**
     * Trains a LoRA for a pipeline's transformer.
     *
     * @param pipeline a folder in the diffusers layout
     * @param t5Length T5 tokens of a prompt
     * @throws InvalidInputException if no layer is a target
     */
    public LoraObjective(
            Path pipeline,
            int t5Length,
            Form form,
            FlowData.Settings settings,
            Vae vae,
            LatentCache training,
            LatentCache validation,
            Device device,
            DType dtype) {
        super(settings, vae, training, validation);
        this.form = form;
        try {
            flux = parts.own(FluxTransformer.open(pipeline.resolve("transformer"), device, dtype));
            text = parts.own(new TextTowers(pipeline, false, t5Length, settings.seed(), device, dtype));
            modules = new LinkedHashMap<>();
            FluxLoraNames.modules(flux.config()).shapes().forEach((name, shape) -> {
                if (form.targets().matcher(name).find()) {
                    modules.put(name, shape);
                }
            });
            if (modules.isEmpty()) {
                throw new InvalidInputException(
                        "targets '%s': name no layer of %s".formatted(form.targets(), pipeline));
            }
            factors = parts.own(InitialLora.of(modules, form.rank(), settings.seed(), device));
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    @Override
    FluxTransformer flux() {
        return flux;
    }

    @Override
    TextTowers text() {
        return text;
    }

    @Override
    List<DeviceLora> loras(long seed, boolean training) {
        return List.of(DeviceLora.inTraining(factors, flux.dtype(), form.scale(), training ? form.dropout() : 0, seed));
    }

    @Override
    public Map<String, Parameters> parameters() {
        return Map.of("lora", factors);
    }

    /** {@code pytorch_lora_weights.safetensors} in diffusers' format, in F32, with PEFT's metadata. */
    @Override
    public void save(Path folder) {
        Path file = folder.resolve(FILE);
        try (Arena arena = Arena.ofConfined()) {
            List<LoraUpdate> updates = modules.keySet().stream()
                    .map(module -> new LoraUpdate(
                            LoraTarget.TRANSFORMER,
                            module,
                            new LoraTerm.LowRank(
                                    factor(arena, file, module + ".lora_A.weight"),
                                    factor(arena, file, module + ".lora_B.weight")),
                            Optional.empty(),
                            form.scale(),
                            List.of()))
                    .toList();
            LoraMatch match = new LoraMatch(List.of(), Map.of());
            LoraWriter.write(
                    file,
                    new Lora(file, LoraFormat.DIFFUSERS, updates, List.of(), match),
                    ModelFiles.header(scaling()));
        }
    }

    private StoredTensor factor(Arena arena, Path file, String name) {
        return ModelFiles.stored(arena, file, name, name, factors, DType.F32);
    }

    @Override
    public void close() {
        parts.close();
    }
}

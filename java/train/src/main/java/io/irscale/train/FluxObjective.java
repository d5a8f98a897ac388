package io.irscale.train;

import io.irscale.decode.Vae;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxTransformer;
import io.irscale.denoise.FluxVariant;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Parameters;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All of a transformer and its text encoders, from a pipeline's configurations or on from its weights. */
public final class FluxObjective extends FlowObjective {
    private final Parts parts = new Parts();
    private final Path pipeline;
    private final Parameters weights;
    private final FluxTransformer flux;
    private final TextTowers text;

    /**
     * Trains a pipeline.
     *
     * @param pipeline a folder in the diffusers layout; models without weights start from initial ones
     * @param t5Length T5 tokens of a prompt
     */
    public FluxObjective(
            Path pipeline,
            int t5Length,
            FlowData.Settings settings,
            Vae vae,
            LatentCache training,
            LatentCache validation,
            Device device,
            DType dtype) {
        super(settings, vae, training, validation);
        this.pipeline = pipeline;
        Path folder = pipeline.resolve("transformer");
        try {
            FluxConfig config = FluxConfig.of(JsonConfig.read(folder.resolve("config.json")));
            FluxVariant.requireDrawsFromText(folder, config);
            weights = parts.own(TextTowers.parameters(folder, settings.seed(), device, dtype));
            flux = parts.own(FluxTransformer.of(config, weights));
            text = parts.own(new TextTowers(pipeline, true, t5Length, settings.seed(), device, dtype));
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
        return List.of();
    }

    @Override
    public Map<String, Parameters> parameters() {
        Map<String, Parameters> all = new LinkedHashMap<>();
        all.put("transformer", weights);
        all.putAll(text.parameters());
        return all;
    }

    /** A whole pipeline: what was trained in BF16, and the rest as it is. */
    @Override
    public void save(Path folder) {
        Path target = folder.resolve("pipeline");
        ModelFiles.copyFolder(pipeline, target);
        for (Map.Entry<String, Parameters> model : parameters().entrySet()) {
            String name = model.getKey().equals("transformer") ? "diffusion_pytorch_model" : "model";
            ModelFiles.weights(
                    target.resolve(model.getKey()).resolve(name + ".safetensors"), model.getValue(), scaling());
        }
    }

    @Override
    public void close() {
        parts.close();
    }
}

package io.irscale.cli;

import io.irscale.denoise.FluxCheckpoint;
import io.irscale.denoise.FluxTransformer;
import io.irscale.file.AtomicFile;
import io.irscale.lora.LoraTarget;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.text.Clip;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/** Writes a pipeline whose weights are what {@code generate --lora} computes with. */
final class LoraMerge {
    private final Path model;
    private final Path transformer;
    private final OpenLoras loras;
    private final NewFolder folder;
    private final Interruption interruption;

    LoraMerge(Path model, Path transformer, OpenLoras loras, NewFolder folder, Interruption interruption) {
        this.model = model;
        this.transformer = transformer;
        this.loras = loras;
        this.folder = folder;
        this.interruption = interruption;
    }

    /** Merges first: that is what can fail. */
    void run() {
        boolean clip = loras.change(LoraTarget.CLIP);
        if (clip) {
            mergeClip();
        }
        mergeTransformer();
        PipelineFiles.besides(model, clip).forEach((name, file) -> folder.copy(file, name));
    }

    private void mergeTransformer() {
        try (FluxCheckpoint files = FluxCheckpoint.open(transformer);
                MergedWeights weights = new MergedWeights(files.tensors(), interruption)) {
            DType dtype = weights.dtype();
            if (loras.change(LoraTarget.TRANSFORMER)) {
                try (FluxTransformer flux = FluxTransformer.open(transformer, Device.CPU, dtype)) {
                    weights.merge(loras, LoraTarget.TRANSFORMER, flux::merge, flux::parameter);
                }
            }
            weights.write(folder.place("transformer/diffusion_pytorch_model.safetensors"), files.metadata(), loras);
            byte[] config = JsonMapper.shared()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsBytes(files.config().toDiffusers());
            AtomicFile.write(folder.place("transformer/config.json"), config);
        }
    }

    private void mergeClip() {
        Path source = model.resolve("text_encoder");
        try (Checkpoint files = Checkpoint.open(source, "model");
                MergedWeights weights = new MergedWeights(files.tensors(), interruption)) {
            try (Clip clip = Clip.open(source, Device.CPU, weights.dtype())) {
                weights.merge(loras, LoraTarget.CLIP, clip::merge, clip::parameter);
            }
            weights.write(folder.place("text_encoder/model.safetensors"), files.metadata(), loras);
        }
    }
}

package io.irscale;

import io.irscale.denoise.FluxLoraNames;
import io.irscale.denoise.FluxTransformer;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.DeviceLora;
import io.irscale.lora.Lora;
import io.irscale.lora.LoraFile;
import io.irscale.lora.LoraModules;
import io.irscale.lora.LoraSpec;
import io.irscale.lora.LoraTarget;
import io.irscale.text.Clip;
import io.irscale.text.ClipLoraNames;
import java.util.ArrayList;
import java.util.List;

/**
 * The LoRAs of a pipeline. Weights stay as loaded underneath, so that any set can follow any other; when setting one
 * fails, the one before stays.
 */
final class Loras implements AutoCloseable {
    private final EngineOptions options;
    private final FluxTransformer transformer;
    private final Clip clip;
    private final LoraModules transformerLayers;
    private final LoraModules clipLayers;
    private Active active = Active.NONE;

    Loras(EngineOptions options, FluxTransformer transformer, Clip clip) {
        this.options = options;
        this.transformer = transformer;
        this.clip = clip;
        transformerLayers = FluxLoraNames.modules(transformer.config());
        clipLayers = ClipLoraNames.modules(clip.config().text());
    }

    /** What is set: the updates of both models, and whether the transformer's are merged. */
    private record Active(List<DeviceLora.Applied> transformer, List<DeviceLora.Applied> clip, LoraMode mode)
            implements AutoCloseable {
        static final Active NONE = new Active(List.of(), List.of(), LoraMode.MERGED);

        @Override
        public void close() {
            transformer.forEach(applied -> applied.lora().close());
            clip.forEach(applied -> applied.lora().close());
        }
    }

    /** Replaces the set. */
    List<LoadedLora> set(List<LoraSpec> specs, LoraMode mode, boolean strict) {
        List<LoadedLora> loras = new ArrayList<>();
        Active next = new Active(new ArrayList<>(), new ArrayList<>(), mode);
        try {
            for (LoraSpec spec : specs) {
                loras.add(load(spec, next, strict));
            }
            apply(next);
        } catch (RuntimeException e) {
            next.close();
            throw e;
        }
        active.close();
        active = next;
        return loras;
    }

    private LoadedLora load(LoraSpec spec, Active next, boolean strict) {
        try (LoraFile file = LoraFile.open(spec.file())) {
            Lora lora = file.match(transformerLayers, clipLayers);
            if (strict) {
                lora.requireComplete();
            }
            next.transformer().add(upload(lora, LoraTarget.TRANSFORMER, (float) spec.scale()));
            next.clip().add(upload(lora, LoraTarget.CLIP, (float) spec.scale()));
            return LoadedLora.of(spec, lora);
        }
    }

    private DeviceLora.Applied upload(Lora lora, LoraTarget target, float scale) {
        DeviceLora device = new DeviceLora(options.device(), options.dtype());
        try {
            lora.updates(target).forEach(update -> put(() -> device.put(update), lora, update.keys()));
            lora.vectors(target).forEach(update -> put(() -> device.put(update), lora, update.keys()));
            return new DeviceLora.Applied(device, scale);
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
    }

    // The native layer knows the layer, the user knows the file's own keys.
    private static void put(Runnable put, Lora lora, List<String> keys) {
        try {
            put.run();
        } catch (InvalidInputException e) {
            throw new InvalidInputException(
                    "%s: keys %s: %s".formatted(lora.file(), String.join(", ", keys), e.getMessage()), e);
        }
    }

    private void apply(Active next) {
        mergeTransformer(next);
        try {
            clip.merge(next.clip());
        } catch (RuntimeException e) {
            mergeTransformer(active);
            throw e;
        }
    }

    // Biases and norms take no memory worth saving.
    private void mergeTransformer(Active set) {
        if (set.mode() == LoraMode.MERGED) {
            transformer.merge(set.transformer());
        } else {
            transformer.mergeVectors(set.transformer());
        }
    }

    /** What plans have to add at run time: nothing when all is merged. */
    List<DeviceLora.Applied> unmerged() {
        return active.mode() == LoraMode.UNMERGED ? active.transformer() : List.of();
    }

    @Override
    public void close() {
        active.close();
        active = Active.NONE;
    }
}

package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.VerifierSpec;
import io.irscale.data.image.Scaling;
import io.irscale.decode.CountRange;
import io.irscale.error.InvalidInputException;
import io.irscale.lora.LoraFile;
import io.irscale.tensor.Checkpoint;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The scaling of the images that a model was trained on, as its weights state it. */
public final class TrainedRange {
    private static final String[] WEIGHTS = {"diffusion_pytorch_model", "model", "heads"};

    private TrainedRange() {}

    /** Of one model; empty where its weights say nothing of it, or cannot be opened, which whoever loads them says better. */
    public static Optional<Scaling> of(Path weights) {
        try (Checkpoint checkpoint = Checkpoint.open(weights, WEIGHTS)) {
            return Optional.ofNullable(checkpoint.metadata().get(CountRange.KEY))
                    .map(Scaling::parse);
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }

    /** Of a LoRA, a file or a folder as {@link LoraFile#open} takes it; empty where {@link #of(Path)} is. */
    static Optional<Scaling> ofLora(Path lora) {
        try {
            return of(LoraFile.located(lora));
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }

    /** That a network looks at images in other counts than it was trained on, if so. */
    public static Optional<String> mismatch(Path network, Optional<CountRange> images) {
        return of(network)
                .flatMap(Scaling::range)
                .filter(own -> images.isPresent() && !own.equals(images.get()))
                .map(own -> "%s was trained on images of counts %s, and these are of %s"
                        .formatted(network, own, images.get()));
    }

    /**
     * The counts that images of a generator stand for: those of its LoRAs, else those of its transformer.
     *
     * @param warnings told if LoRAs or verifiers disagree
     */
    static Optional<CountRange> of(EngineOptions options, List<Path> loras, Consumer<String> warnings) {
        Set<CountRange> ranges = new LinkedHashSet<>();
        loras.forEach(lora -> ofLora(lora).flatMap(Scaling::range).ifPresent(ranges::add));
        if (ranges.size() > 1) {
            warnings.accept(
                    "the LoRAs were trained on different ranges of counts, %s: images are written as relative values"
                            .formatted(ranges));
            return Optional.empty();
        }
        Path transformer =
                options.files().transformer().orElse(options.files().model().resolve("transformer"));
        Optional<CountRange> range =
                ranges.stream().findFirst().or(() -> of(transformer).flatMap(Scaling::range));
        options.verifiers().forEach(verifier -> {
            if (verifier.source() instanceof VerifierSpec.Folder folder) {
                mismatch(folder.path(), range).ifPresent(warnings);
            }
        });
        return range;
    }
}

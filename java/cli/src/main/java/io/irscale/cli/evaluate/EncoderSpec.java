package io.irscale.cli.evaluate;

import io.irscale.cli.Named;
import io.irscale.error.InvalidInputException;
import io.irscale.evaluate.ClassifierEncoder;
import io.irscale.evaluate.ClipImageEncoder;
import io.irscale.evaluate.Dinov2Encoder;
import io.irscale.evaluate.FeatureEncoder;
import io.irscale.evaluate.InceptionEncoder;
import io.irscale.feature.InceptionPixels;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.text.ClipActivation;
import io.irscale.text.ClipSource;
import io.irscale.text.ClipTokenizer;
import io.irscale.text.SiglipConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A network to load.
 *
 * @param kind whose layout it has
 * @param path its folder or file
 * @param activation asked for, of a CLIP without a configuration
 */
record EncoderSpec(Kind kind, Path path, Optional<ClipActivation> activation) {
    /** The layouts that are read. */
    enum Kind {
        CLASSIFIER,
        CLIP,
        DINOV2,
        INCEPTION;

        /** As the option and reports have it. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where networks run.
     *
     * @param device for all of them
     * @param tokenizers for CLIP folders without their own
     * @param pixels Inception's preprocessing
     */
    record Setting(Device device, Optional<Path> tokenizers, InceptionPixels pixels) {
        /** The tokenizer of a CLIP; a SigLIP has its own. */
        Path tokenizer(ClipSource clip) {
            if (SiglipConfig.isIn(clip.path())) {
                return clip.path();
            }
            return Stream.concat(
                            Stream.of(clip.folder()),
                            tokenizers.stream()
                                    .flatMap(given ->
                                            Stream.of(given, given.resolve("tokenizer"), given.resolve("clip_l"))))
                    .filter(place -> Files.isDirectory(place) && ClipTokenizer.isIn(place))
                    .findFirst()
                    .orElseThrow(() -> new InvalidInputException(
                            clip.path() + ": has no tokenizer; name a folder that has one with --tokenizers DIR"));
        }
    }

    /** Reads {@code KIND=PATH}. */
    static EncoderSpec parse(String text) {
        Named named = Named.parse(text);
        Kind kind = Stream.of(Kind.values())
                .filter(each -> each.label().equals(named.name().orElse("")))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "--encoder %s: expected classifier=DIR, clip=PATH, dinov2=DIR or inception=FILE"
                                .formatted(text)));
        ClipSource source = kind == Kind.CLIP ? ClipSource.parse(named.rest()) : ClipSource.of(Path.of(named.rest()));
        if (Files.notExists(source.path())) {
            throw new InvalidInputException("--encoder " + source.path() + ": is not there");
        }
        return new EncoderSpec(kind, source.path(), source.activation());
    }

    /** As a CLIP, of that kind. */
    ClipSource clip() {
        return new ClipSource(path, activation);
    }

    /** Loads it, in fp32: the caller closes it. */
    FeatureEncoder open(Setting setting) {
        return switch (kind) {
            case CLASSIFIER -> ClassifierEncoder.open(path, setting.device(), DType.F32);
            case CLIP -> ClipImageEncoder.open(clip(), setting::tokenizer, setting.device(), DType.F32);
            case DINOV2 -> Dinov2Encoder.open(path, setting.device(), DType.F32);
            case INCEPTION -> InceptionEncoder.open(path, setting.pixels(), setting.device());
        };
    }
}

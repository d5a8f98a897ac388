package io.irscale.cli.evaluate;

import io.irscale.evaluate.ClipDiscrepancy;
import io.irscale.evaluate.Features;
import io.irscale.evaluate.FrechetDistance;
import io.irscale.evaluate.KernelDistance;
import io.irscale.evaluate.Manifolds;
import io.irscale.evaluate.ReferenceSet;
import io.irscale.evaluate.Statistic;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What is measured between features of real and of generated images. */
enum Metric {
    /** Fréchet distance: FID with Inception, FD-DINOv2 with DINOv2. */
    FD,
    /** Kernel distance, over all pairs. */
    KID,
    /** Precision and recall at 3 neighbours, density and coverage at 5, as they are published. */
    PRDC,
    /** CMMD, of CLIP alone. */
    CMMD;

    private static final int PRECISION_NEIGHBOURS = 3;
    /** Also how many images a set needs more than. */
    static final int DENSITY_NEIGHBOURS = 5;

    /** As the option has it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the metric is of such features. */
    boolean isOf(EncoderSpec.Kind kind) {
        return this != CMMD || kind == EncoderSpec.Kind.CLIP;
    }

    /** The numbers that it consists of. */
    Set<String> parts() {
        return this == PRDC ? Set.of("precision", "recall", "density", "coverage") : Set.of(label());
    }

    /** Whether a number is a mean over the real images, not the generated ones. */
    static boolean isOverReference(String part) {
        return part.equals("recall") || part.equals("coverage");
    }

    /** Whether mean and covariance of the real images are enough for it. */
    boolean isOfMoments() {
        return this == FD;
    }

    /** The numbers by name; {@code reference} has features unless the metric {@link #isOfMoments}. */
    Map<String, Statistic> statistics(ReferenceSet reference, Features generated) {
        Map<String, Statistic> parts = new LinkedHashMap<>();
        switch (this) {
            case FD -> parts.put("fd", new FrechetDistance(reference.moments(), generated));
            case KID -> parts.put("kid", new KernelDistance(reference.features().orElseThrow(), generated));
            case CMMD ->
                parts.put("cmmd", new ClipDiscrepancy(reference.features().orElseThrow(), generated));
            case PRDC -> {
                Features real = reference.features().orElseThrow();
                Manifolds near = Manifolds.of(real, generated, PRECISION_NEIGHBOURS);
                Manifolds wide = Manifolds.of(real, generated, DENSITY_NEIGHBOURS);
                parts.put("precision", near.precision());
                parts.put("recall", near.recall());
                parts.put("density", wide.density());
                parts.put("coverage", wide.coverage());
            }
        }
        return parts;
    }
}

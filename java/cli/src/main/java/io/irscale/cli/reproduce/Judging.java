package io.irscale.cli.reproduce;

import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.cli.reproduce.Measured.Judged;
import io.irscale.data.ImageFiles;
import io.irscale.evaluate.Bootstrap;
import io.irscale.evaluate.ClipScore;
import io.irscale.evaluate.Features;
import io.irscale.evaluate.FrechetDistance;
import io.irscale.evaluate.Groups;
import io.irscale.evaluate.Interval;
import io.irscale.evaluate.KernelDistance;
import io.irscale.evaluate.Manifolds;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.train.ImageWindows.Piece;
import io.irscale.verify.ClipVerifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Distances, recall and scores of all arms, each against the unguided images of the same guidance. */
final class Judging implements AutoCloseable {
    /** Of precision and recall; an arm has more images than that. */
    static final int NEIGHBOURS = 3;

    private static final int BATCH = 32;

    private final Path samples;
    private final List<Piece> prompts;
    private final List<String> captions;
    private final Groups referenceGroups;
    private final Map<String, ClipVerifier> clips = new LinkedHashMap<>();
    private final Bootstrap bootstrap;
    private final Device device;
    private final ProgressView progress;
    private final Interruption interruption;
    // What a judge makes of an arm, which is looked at again for those that are compared with it.
    private final Map<String, Seen> seen = new HashMap<>();

    private record Seen(FrechetDistance fd, Manifolds manifolds) {}

    Judging(
            Path samples,
            List<Piece> prompts,
            List<String> captions,
            Groups referenceGroups,
            Map<String, Path> clips,
            Bootstrap bootstrap,
            Device device,
            ProgressView progress,
            Interruption interruption) {
        this.samples = samples;
        this.prompts = prompts;
        this.captions = captions;
        this.referenceGroups = referenceGroups;
        this.bootstrap = bootstrap;
        this.device = device;
        this.progress = progress;
        this.interruption = interruption;
        try {
            clips.forEach((name, folder) -> this.clips.put(name, ClipVerifier.open(folder, folder, device, DType.F32)));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Judges an arm.
     *
     * @param against what it is compared with, judged before; itself for none
     */
    Measured of(Arm arm, Arm against, List<Judge> judges) {
        interruption.check(Drawing.KEPT);
        ImageFiles images = arm.images(samples);
        List<Judged> judged = new ArrayList<>();
        for (Judge judge : judges) {
            judged.add(judged(arm, against, judge, images));
        }
        Map<String, Interval> scores = new LinkedHashMap<>();
        clips.forEach((name, clip) -> scores.put(
                name,
                bootstrap.of(ClipScore.of(clip, device, images, captions, BATCH), Groups.single(images.count()))));
        progress.note("judged: " + arm.name());
        return new Measured(arm, arm.equals(against) ? Optional.empty() : Optional.of(against.name()), judged, scores);
    }

    private Judged judged(Arm arm, Arm against, Judge judge, ImageFiles images) {
        Features features = judge.features(images);
        Seen own = new Seen(
                new FrechetDistance(judge.moments(), features), Manifolds.of(judge.real(), features, NEIGHBOURS));
        seen.put(key(judge, arm), own);
        Groups each = Groups.single(images.count());
        Seen other = arm.equals(against) ? null : seen.get(key(judge, against));
        return new Judged(
                judge.name(),
                bootstrap.of(own.fd(), each),
                bootstrap.of(new KernelDistance(judge.real(), features), each),
                bootstrap.of(own.manifolds().precision(), each),
                bootstrap.of(own.manifolds().recall(), referenceGroups),
                Optional.ofNullable(other).map(before -> bootstrap.change(before.fd(), each, own.fd(), each)),
                Optional.ofNullable(other)
                        .map(before -> bootstrap.change(
                                before.manifolds().recall(),
                                referenceGroups,
                                own.manifolds().recall(),
                                referenceGroups)),
                judge.accuracy(features, prompts));
    }

    private static String key(Judge judge, Arm arm) {
        return judge.name() + "/" + arm.name();
    }

    @Override
    public void close() {
        clips.values().forEach(ClipVerifier::close);
    }
}

package io.irscale;

import io.irscale.decode.Image;
import io.irscale.decode.Vae;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.latent.Reduction;
import io.irscale.search.Backend.Clean;
import io.irscale.search.Backend.Judgement;
import io.irscale.tensor.Tensor;
import io.irscale.verify.Panel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Decodes clean latents and asks the verifiers on the device. */
final class FluxJudge {
    private final Vae vae;
    private final Panel panel;

    FluxJudge(Vae vae, Panel panel) {
        this.vae = vae;
        this.panel = panel;
    }

    /** All rows, those of equal size in one batch: previews may be smaller. */
    Judgement apply(List<Clean> rows) {
        Map<Integer, List<Integer>> groups = new TreeMap<>();
        for (int i = 0; i < rows.size(); i++) {
            groups.computeIfAbsent(factor(rows.get(i)) * 2 + (rows.get(i).preview() ? 1 : 0), key -> new ArrayList<>())
                    .add(i);
        }
        float[][] parts = new float[rows.size()][];
        List<Optional<Image>> images = new ArrayList<>(Collections.nCopies(rows.size(), Optional.empty()));
        Duration decode = Duration.ZERO;
        Duration verify = Duration.ZERO;
        for (List<Integer> places : groups.values()) {
            Judgement judged = batch(places.stream().map(rows::get).toList());
            decode = decode.plus(judged.decode());
            verify = verify.plus(judged.verify());
            for (int i = 0; i < places.size(); i++) {
                parts[places.get(i)] = judged.parts().get(i);
                images.set(places.get(i), judged.images().get(i));
            }
        }
        return new Judgement(List.of(parts), images, decode, verify);
    }

    private static int factor(Clean row) {
        return row.preview() ? FluxBackend.of(row.conditioning()).previewFactor() : 1;
    }

    private Judgement batch(List<Clean> rows) {
        long start = System.nanoTime();
        boolean preview = rows.getFirst().preview();
        try (Tensor decoded = decode(rows, factor(rows.getFirst()))) {
            long imaged = System.nanoTime();
            float[][] parts = panel.scoreDevice(
                    decoded,
                    rows.stream().map(row -> row.conditioning().prompt()).toList(),
                    preview);
            long scored = System.nanoTime();
            List<Optional<Image>> images = IntStream.range(0, rows.size())
                    .mapToObj(i -> rows.get(i).wanted() ? Optional.of(image(decoded, i)) : Optional.<Image>empty())
                    .toList();
            return new Judgement(
                    List.of(parts), images, Duration.ofNanos(imaged - start), Duration.ofNanos(scored - imaged));
        }
    }

    private Tensor decode(List<Clean> rows, int factor) {
        LatentShape shape = FluxBackend.of(rows.getFirst().conditioning()).shape();
        try (Tensor packed = FluxLatent.concat(rows.stream().map(Clean::x0).toList());
                Tensor latents = Noise.unpack(packed, shape);
                Tensor reduced = Reduction.mean(latents, factor);
                Tensor decoded = vae.decode(reduced)) {
            return Vae.finish(decoded);
        }
    }

    private static Image image(Tensor images, int row) {
        try (Tensor image = images.slice(row, 1)) {
            return new Image((int) images.size(2), (int) images.size(3), image.floats());
        }
    }
}

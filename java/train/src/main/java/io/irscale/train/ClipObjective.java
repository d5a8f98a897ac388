package io.irscale.train;

import io.irscale.autograd.Loss;
import io.irscale.decode.Vae;
import io.irscale.lora.DeviceLora;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Recording;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.train.ImageWindows.Piece;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A verifier that knows infrared: contrastive training (arXiv 2103.00020) on windows and their captions, with hard
 * negatives (arXiv 2210.01936, section 4) among the texts, of the whole model or of LoRAs on both towers.
 */
public final class ClipObjective implements Objective {
    private static final int LOOKED_AT = 290;

    private final Settings settings;
    private final TrainedClip model;
    private final Vae vae;
    private final ImageWindows training;
    private final ImageWindows validation;

    /**
     * How batches are drawn.
     *
     * @param batch pairs a forward
     * @param negatives hard negatives a pair
     * @param seed of windows and negatives
     */
    public record Settings(int batch, int negatives, long seed) {}

    /** Takes over the model and borrows the VAE, through which half of the images go. */
    public ClipObjective(
            TrainedClip model, Vae vae, ImageWindows training, ImageWindows validation, Settings settings) {
        this.model = model;
        this.vae = vae;
        this.training = training;
        this.validation = validation;
        this.settings = settings;
    }

    @Override
    public Map<String, Parameters> parameters() {
        return model.parameters();
    }

    @Override
    public Map<String, Double> backward(long step, int part, float share) {
        RandomGenerator random = Draws.of(settings.seed(), step, part);
        List<Piece> pieces = training.draw(settings.batch(), random);
        List<String> captions = pieces.stream().map(training::caption).toList();
        List<String> texts = new ArrayList<>(captions);
        Set<String> known = new HashSet<>(captions);
        for (String caption : captions) {
            for (int i = 0; i < settings.negatives(); i++) {
                String negative = HardNegatives.of(caption, random);
                if (!known.contains(negative)) {
                    texts.add(negative);
                }
            }
        }
        Clip clip = model.clip();
        try (Tensor images = training.pixels(pieces);
                Tensor shown = Reconstructions.half(vae, images);
                Tensor pixels = model.preprocessing().apply(shown);
                Tensor toTexts = CaptionTargets.of(captions, texts);
                Tensor toImages = CaptionTargets.of(captions, captions);
                Recording _ = Recording.start();
                DeviceLora.Lent _ = model.lend();
                Tensor image = clip.embedImage(pixels);
                Tensor text = clip.embedText(model.tokenize(texts));
                Tensor own = text.slice(0, captions.size());
                Loss imageLoss = Loss.contrastive(clip, image, text, toTexts);
                Loss textLoss = Loss.contrastive(clip, own, image, toImages);
                Loss loss = Loss.sum(List.of(imageLoss, textLoss), 0.5f, 0.5f)) {
            loss.backwardMean(share);
            return Map.of("loss", loss.mean());
        }
    }

    @Override
    public Map<String, Double> validate() {
        Retrieval retrieval = retrieval(model, validation, LOOKED_AT, settings.seed());
        Map<String, Double> losses = new LinkedHashMap<>();
        losses.put("loss", 1 - retrieval.recallAt1());
        losses.put("recall_at_1", retrieval.recallAt1());
        losses.put("recall_at_5", retrieval.recallAt5());
        losses.put("hard_negatives", retrieval.hard());
        return losses;
    }

    /** Of at most so many windows of a split, spread over its frames, each among all their captions. */
    public static Retrieval retrieval(TrainedClip model, ImageWindows windows, int most, long seed) {
        List<Piece> pieces = windows.some(most);
        List<String> own = pieces.stream().map(windows::caption).toList();
        List<String> captions = own.stream().distinct().toList();
        RandomGenerator random = Draws.of(seed, -1, 0);
        List<String> negatives =
                own.stream().map(caption -> HardNegatives.of(caption, random)).toList();
        try (Tensor images = windows.pixels(pieces);
                Tensor finished = Vae.finish(images);
                Tensor pixels = model.preprocessing().apply(finished);
                DeviceLora.Lent _ = model.lend();
                Tensor image = model.clip().embedImage(pixels);
                Tensor texts = model.clip().embedText(model.tokenize(captions));
                Tensor wrong = model.clip().embedText(model.tokenize(negatives));
                Tensor cosines = Clip.cosine(image, texts);
                Tensor all = Clip.cosine(image, wrong)) {
            float[] values = all.floats();
            float[] hard = new float[own.size()];
            for (int i = 0; i < hard.length; i++) {
                hard[i] = values[i * hard.length + i];
            }
            return Retrieval.of(cosines.floats(), own, captions, hard);
        }
    }

    /** Nothing: retrieval has no picture. */
    @Override
    public void picture(Path folder, long step) {}

    @Override
    public void save(Path folder) {
        model.save(folder, training.frames().scaling());
    }

    @Override
    public void close() {
        model.close();
    }
}

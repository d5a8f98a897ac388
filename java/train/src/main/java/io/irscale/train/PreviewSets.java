package io.irscale.train;

import java.nio.file.Path;
import java.util.List;

/**
 * What a verifier is tuned on previews with.
 *
 * @param training one image a prompt
 * @param validation several images of each of fewer prompts, to rank them among each other
 */
public record PreviewSets(PreviewSet training, PreviewSet validation) {
    private static final int NOISES = 8;
    private static final int PROMPTS_A_VALIDATED = 16;

    /** Draws images, see {@link PreviewSet#draw}. */
    public interface Drawer {
        /** So many images of each prompt. */
        PreviewSet draw(List<String> prompts, int each);
    }

    /**
     * Those that {@code folder} keeps, if they were drawn from the same source; else they are drawn.
     *
     * @param source describes generator, windows and seeds
     * @param prompts captions of training windows
     */
    public static PreviewSets of(
            Path folder, String source, ImageWindows training, ImageWindows validation, int prompts, Drawer drawer) {
        return new PreviewSets(
                PreviewSet.of(
                        folder.resolve("training-previews.safetensors"),
                        source,
                        () -> drawer.draw(captions(training, prompts), 1)),
                PreviewSet.of(
                        folder.resolve("validation-previews.safetensors"),
                        source,
                        () -> drawer.draw(captions(validation, prompts / PROMPTS_A_VALIDATED + 1), NOISES)));
    }

    private static List<String> captions(ImageWindows windows, int count) {
        return windows.some(count).stream().map(windows::caption).toList();
    }
}

package io.irscale.cli.reproduce;

import java.util.List;

/**
 * How much of everything a reproduction takes.
 *
 * @param loraImages most frames that the generator's LoRA sees
 * @param loraSteps updates of that LoRA
 * @param verifierSteps updates of the verifier's LoRAs
 * @param prompts of the trajectories that the verifier is tuned on, one trajectory each
 * @param previewSteps updates of that tuning
 * @param judgeSteps updates of judges that come without weights
 * @param images images an arm, one a prompt
 * @param candidates most candidates of best-of-N; a power of 2; with guidance as many as the budget
 * @param budget images' worth of forwards that the strategies have
 * @param strategies besides best-of-N
 * @param guidances true classifier-free guidance, of which the best is searched on
 * @param draws of the bootstrap
 */
record Extent(
        int loraImages,
        long loraSteps,
        long verifierSteps,
        int prompts,
        long previewSteps,
        long judgeSteps,
        int images,
        int candidates,
        int budget,
        List<Compared> strategies,
        List<Float> guidances,
        int draws) {
    /** For results: about an hour on a core of 2025 with the demo model's sizes. */
    static final Extent FULL = new Extent(
            100, 500, 600, 512, 300, 1500, 256, 16, 8, Compared.ALL, List.of(1.5f, 2f, 3f, 4f, 5f, 6f), 1000);

    /** For a look whether everything works; its numbers mean nothing. */
    static final Extent BRIEF = new Extent(8, 2, 2, 8, 2, 2, 8, 4, 2, Compared.ALL, List.of(2f), 50);

    /** With so many images an arm, and those strategies besides best-of-N. */
    Extent with(int count, List<Compared> others) {
        return new Extent(
                loraImages,
                loraSteps,
                verifierSteps,
                prompts,
                previewSteps,
                judgeSteps,
                count,
                candidates,
                budget,
                others,
                guidances,
                draws);
    }
}

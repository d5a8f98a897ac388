package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.latent.PositionIds;
import io.irscale.tensor.DType;
import io.irscale.tensor.Tensor;
import io.irscale.text.TextEmbedding;
import java.util.List;

/** A run from prompts to images: its inputs here, its forwards and its images in two parts. */
record RunStage(Manifest.Run run) implements Stage {
    static final String PREFIX = "run-";

    @Override
    public String name() {
        return PREFIX + run.name();
    }

    @Override
    public DType dtype() {
        return run.dtype();
    }

    @Override
    public void run(Pipeline pipeline, GoldenFolder goldens, Checks checks) {
        Setup setup = Setup.of(pipeline, goldens, run);
        schedule(setup, checks);
        start(setup, checks);
        embeddings(setup, checks);
        new GoldenForwards(setup, checks).run();
        new WholeRun(setup, checks).run();
    }

    private static void schedule(Setup setup, Checks checks) {
        GoldenFile file = setup.file();
        checks.compare(file.golden("sigmas"), Tolerance.EXACT, setup.schedule().sigmas());
        checks.compare(
                file.golden("timesteps"), Tolerance.EXACT, setup.schedule().timesteps());
        float[] inputs = setup.schedule().inputs(setup.dtype());
        int forwards = setup.run().guided() ? 2 : 1;
        for (int i = 0; i < forwards * inputs.length; i++) {
            checks.compare(setup.golden("timestep_in", i), Tolerance.EXACT, setup.repeat(inputs[i / forwards]));
        }
    }

    private static void start(Setup setup, Checks checks) {
        GoldenFile file = setup.file();
        checks.compare(file.golden("img_ids"), Tolerance.EXACT, PositionIds.img(setup.shape()));
        checks.compare(
                file.golden("txt_ids"),
                Tolerance.EXACT,
                PositionIds.txt(setup.manifest().maxSequenceLength()));
        if (setup.pipeline().transformer().config().guidance()) {
            checks.compare(
                    file.golden("guidance"),
                    Tolerance.EXACT,
                    setup.repeat(setup.manifest().guidance()));
        }
        try (Tensor noise = setup.noise()) {
            checks.compare(file.golden("latents.init"), Tolerance.EXACT, noise);
        }
    }

    private static void embeddings(Setup setup, Checks checks) {
        try (Scope scope = new Scope()) {
            List<TextEmbedding> ours = Prompts.encode(
                    scope, setup.pipeline(), setup.manifest(), setup.manifest().prompts());
            DType dtype = setup.dtype();
            checks.compare(setup.file().golden("prompt_embeds"), Tolerance.txt(dtype), Prompts.txt(scope, ours));
            checks.compare(setup.file().golden("pooled"), Tolerance.vec(dtype), Prompts.vec(scope, ours));
        }
    }
}

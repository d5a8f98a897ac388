package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.tensor.Tensor;
import io.irscale.tensor.Trace;
import io.irscale.text.TextEmbedding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One forward of the base run against float64, block by block. */
record TransformerStage() implements Stage {
    /** Whose timestep the forward has; its latents are those that the run starts from. */
    static final int STEP = 1;

    /** Inputs, and what they are called in the base run. */
    private static final Map<String, String> INPUTS = Map.of(
            "in.hidden_states", "latents.init",
            "in.timestep", "timestep_in." + STEP,
            "in.encoder_hidden_states", "prompt_embeds",
            "in.pooled_projections", "pooled",
            "in.img_ids", "img_ids",
            "in.txt_ids", "txt_ids");

    @Override
    public String name() {
        return "transformer-fp64";
    }

    @Override
    public void run(Pipeline pipeline, GoldenFolder goldens, Checks checks) {
        GoldenFile file = goldens.file(name());
        Setup base = Setup.of(pipeline, goldens, goldens.manifest().run(Manifest.Run.BASE));
        INPUTS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(input ->
                        checks.same(file.golden(input.getKey()), base.file().golden(input.getValue())));
        if (pipeline.transformer().config().guidance()) {
            checks.same(file.golden("in.guidance"), base.file().golden("guidance"));
        }
        try (Scope scope = new Scope()) {
            forward(scope, file, base, checks);
        }
    }

    private static void forward(Scope scope, GoldenFile file, Setup base, Checks checks) {
        List<Row> rows = new ArrayList<>();
        List<Tensor> temb = new ArrayList<>();
        Trace trace = scope.own(new Trace());
        for (TextEmbedding embedding : base.goldenEmbeddings(scope)) {
            rows.add(Row.of(plan(scope, base, embedding, trace), STEP));
            // The trace holds the last plan's, one row a step.
            temb.add(scope.own(scope.own(trace.get("temb")).slice(STEP, 1)));
        }
        checks.compare(file.golden("temb"), Tolerance.TRUTH, scope.own(Tensor.concat(temb)));
        for (String table : List.of("rope.cos", "rope.sin")) {
            checks.compare(file.golden(table), Tolerance.TRUTH, scope.own(trace.get(table)));
        }
        Tensor img = scope.own(base.load(base.latentsBefore(0)));
        Tensor out = scope.own(base.pipeline().transformer().velocity(img, rows, trace));
        for (String block : blocks(base.pipeline().transformer().config())) {
            checks.compare(file.golden(block), Tolerance.TRUTH, scope.own(trace.get(block)));
        }
        checks.compare(file.golden("out"), Tolerance.TRUTH, out);
    }

    private static Plan plan(Scope scope, Setup base, TextEmbedding embedding, Trace trace) {
        return scope.own(base.pipeline()
                .transformer()
                .plan(
                        embedding.txt(),
                        embedding.vec(),
                        base.manifest().guidance(),
                        base.schedule(),
                        base.shape(),
                        List.of(),
                        trace));
    }

    private static List<String> blocks(FluxConfig config) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < config.layers() + config.singleLayers(); i++) {
            String block = i < config.layers() ? "double." + i : "single." + (i - config.layers());
            names.add(block + ".img");
            names.add(block + ".txt");
        }
        return names;
    }
}

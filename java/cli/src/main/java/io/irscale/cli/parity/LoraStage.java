package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.denoise.Plan;
import io.irscale.tensor.Tensor;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;

/** Low-rank adapters on the forward of {@link TransformerStage}. Without adapters for now: that forward alone. */
record LoraStage() implements Stage {
    private static final List<String> ADAPTERS = List.of("lora-a", "lora-b");
    private static final Pattern ADAPTED = Pattern.compile("[ab]-.*|merged\\..*");

    /** Whether the folder has anything for this stage; only some sets do. */
    static boolean isIn(GoldenFolder goldens) {
        return goldens.names().contains("lora")
                || ADAPTERS.stream().anyMatch(name -> Files.isDirectory(goldens.path(name)));
    }

    @Override
    public String name() {
        return "lora";
    }

    @Override
    public void run(Pipeline pipeline, GoldenFolder goldens, Checks checks) {
        for (String adapter : ADAPTERS) {
            if (Files.isDirectory(goldens.path(adapter))) {
                checks.add(Comparison.told(name(), adapter + "/", Verdict.NOT_COVERED, ""));
            } else {
                checks.add(Comparison.told(name(), adapter + "/", Verdict.MISSING, ""));
            }
        }
        GoldenFile file = goldens.file(name());
        file.tensors().stream()
                .filter(tensor -> ADAPTED.matcher(tensor).matches())
                .sorted()
                .forEach(tensor -> checks.add(
                        Comparison.told(name(), file.golden(tensor).used().name(), Verdict.NOT_COVERED, "")));
        Setup base = Setup.of(pipeline, goldens, goldens.manifest().run(Manifest.Run.BASE));
        try (Scope scope = new Scope()) {
            List<Plan> plans = base.plans(scope, base.goldenEmbeddings(scope));
            Tensor img = scope.own(base.load(base.latentsBefore(0)));
            Tensor velocity = scope.own(base.velocity(img, base.rows(plans, TransformerStage.STEP)));
            checks.compare(file.golden("base"), Tolerance.velocity(base.dtype()), velocity);
        }
    }
}

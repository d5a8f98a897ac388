package io.irscale.cli.parity;

import io.irscale.LoraMode;
import io.irscale.Pipeline;
import io.irscale.denoise.Plan;
import io.irscale.lora.LoraSpec;
import io.irscale.tensor.Tensor;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * LoRAs on the forward of {@link TransformerStage}: each set of the file at run time and merged, and the merged weights
 * themselves. A tensor's name says the set: {@code a-0.7+b-1.3} is lora-a at 0.7 and lora-b at 1.3.
 */
record LoraStage() implements Stage {
    private static final List<String> ADAPTERS = List.of("lora-a", "lora-b");
    private static final String FUSED = "a-fused";
    private static final String WEIGHT = "merged.";
    private static final List<String> EXPECTED = List.of("base", "a-1.0", "a-0.6", "b-1.0", "a-0.7+b-1.3", FUSED);
    private static final Pattern PART = Pattern.compile("\\b([ab])-(\\d+\\.\\d+)");

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
        GoldenFile file = goldens.file(name());
        Setup base = Setup.of(pipeline, goldens, goldens.manifest().run(Manifest.Run.BASE));
        Set<String> names = new LinkedHashSet<>(EXPECTED);
        names.addAll(file.tensors().stream().sorted().toList());
        for (String name : names) {
            try {
                checks.attempt(name(), name, () -> compare(base, goldens, file.golden(name), checks));
            } finally {
                pipeline.setLoras(List.of(), LoraMode.MERGED, true);
            }
        }
    }

    private static void compare(Setup base, GoldenFolder goldens, Golden golden, Checks checks) {
        Pipeline pipeline = base.pipeline();
        String name = golden.name();
        if (name.startsWith(WEIGHT)) {
            pipeline.setLoras(specs(goldens, "a-1.0"), LoraMode.MERGED, true);
            try (Tensor weight = pipeline.transformer().parameter(name.substring(WEIGHT.length()) + ".weight")) {
                checks.compare(golden, Tolerance.TRUTH, weight);
            }
        } else if (name.equals(FUSED)) {
            forward(base, golden, "merged", specs(goldens, "a-1.0"), LoraMode.MERGED, checks);
        } else if (EXPECTED.contains(name) || PART.matcher(name).find()) {
            forward(base, golden, "run time", specs(goldens, name), LoraMode.UNMERGED, checks);
            forward(base, golden, "merged", specs(goldens, name), LoraMode.MERGED, checks);
        }
    }

    private static void forward(
            Setup base, Golden golden, String how, List<LoraSpec> specs, LoraMode mode, Checks checks) {
        base.pipeline().setLoras(specs, mode, true);
        try (Scope scope = new Scope()) {
            Tensor img = scope.own(base.load(base.latentsBefore(0)));
            List<Plan> plans = base.plans(scope, base.goldenEmbeddings(scope));
            Tensor velocity = scope.own(base.velocity(img, base.rows(plans, TransformerStage.STEP)));
            checks.compare(golden, how, Tolerance.TRUTH, velocity);
        }
    }

    private static List<LoraSpec> specs(GoldenFolder goldens, String name) {
        List<LoraSpec> specs = new ArrayList<>();
        for (MatchResult part : PART.matcher(name).results().toList()) {
            specs.add(new LoraSpec(goldens.path("lora-" + part.group(1)), Double.parseDouble(part.group(2))));
        }
        return specs;
    }
}

package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class BenchCommandTest {
    private static final Path DEMO = Path.of("../../demo/pipeline");

    @TempDir
    private Path folder;

    @Test
    void measuresEveryStageOfAModel() throws IOException {
        Cli run = Cli.run(
                "bench",
                "--model",
                DEMO,
                "--batch",
                "1,2",
                "--size",
                "32",
                "--steps",
                "3",
                "--runs",
                "2",
                "--out",
                folder.resolve("out"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("kernels: ", "step ms p50", "text ", "decode ", "verify ", "3 steps");
        JsonNode json = new JsonMapper().readTree(Files.readString(folder.resolve("out/bench.json")));
        assertThat(json.path("matmul_flops_per_second").asDouble()).isPositive();
        assertThat(json.path("workloads").size()).isEqualTo(2);
        assertThat(json.path("merge").path("rank").asInt()).isEqualTo(16);
        assertThat(json.path("merge").path("seconds").size()).isEqualTo(2);
        for (JsonNode workload : json.path("workloads")) {
            for (String stage : new String[] {"text", "plan", "step", "decode", "verify"}) {
                JsonNode seconds = workload.path("seconds").path(stage);
                assertThat(seconds.path("runs").size()).as(stage).isEqualTo(2);
                assertThat(seconds.path("p95").asDouble())
                        .isGreaterThanOrEqualTo(seconds.path("p50").asDouble());
            }
            assertThat(workload.path("images_per_second").asDouble()).isPositive();
            assertThat(workload.path("peak_bytes").asLong()).isGreaterThan(1 << 20);
        }
        // 6 blocks of width 256 over 16 image and 32 text tokens: 24 d^2 L + 4 L^2 d each
        assertThat(json.path("workloads").path(0).path("flops_of_a_step").asDouble())
                .isEqualTo(6 * (24.0 * 256 * 256 * 48 + 4.0 * 48 * 48 * 256));
        assertThat(folder.resolve("out/bench.png")).exists();
    }

    @Test
    void needsNoWeightsForAShape() {
        Cli run = Cli.run(
                "bench",
                "--shape",
                "medium",
                "--size",
                "32",
                "--batch",
                "1",
                "--steps",
                "1",
                "--runs",
                "1",
                "--dtype",
                "bf16",
                "--without-kernel",
                "tile_linear",
                "--without-kernel",
                "gated_residual");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("medium in bf16 on cpu", "kernels: layer_norm_modulate, qk_norm_rope")
                .doesNotContain("decode");
    }

    @Test
    void refusesWhatItCannotMeasure() {
        Cli.assertRefused(Cli.run("bench", "--shape", "tiny"), "--shape: 'tiny', expected medium or flux-dev");
        Cli.assertRefused(
                Cli.run("bench", "--shape", "medium", "--model", DEMO), "--model and --shape exclude each other");
        Cli.assertRefused(Cli.run("bench", "--model", DEMO, "--batch", "0"), "--batch: 0, expected 1 or more");
        Cli.assertRefused(Cli.run("bench", "--model", DEMO, "--runs", "0"), "--runs: 0, expected 1 or more");
        Cli.assertRefused(Cli.run("bench", "--model", DEMO, "--size", "30"), "height is 30, expected a multiple of");
        Cli.assertRefused(Cli.run("bench", "--model", folder.resolve("none")), "none");
    }

    @Test
    void measuresLossyTiersInTurns() throws IOException {
        Cli run = Cli.run(
                "bench",
                "--model",
                DEMO,
                "--batch",
                "2",
                "--size",
                "32",
                "--steps",
                "4",
                "--runs",
                "2",
                "--dtype",
                "bf16",
                "--fp8",
                "--reuse",
                "1",
                "--out",
                folder.resolve("out"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("fp8, 32 px, batch 2: 4 steps ", "reuse 1.0, 32 px", "both, 32 px");
        JsonNode tiers = new JsonMapper()
                .readTree(Files.readString(folder.resolve("out/bench.json")))
                .path("workloads")
                .path(0)
                .path("tiers");
        assertThat(tiers.size()).isEqualTo(3);
        for (JsonNode tier : tiers) {
            assertThat(tier.path("seconds").size()).isEqualTo(2);
            assertThat(tier.path("difference").asDouble()).isBetween(1e-4, 1.0);
        }
        // Never the first of four.
        assertThat(tiers.path(1).path("left_out").asDouble()).isBetween(0.25, 0.75);
        assertThat(tiers.path(0).path("left_out").asDouble()).isZero();
    }

    @Test
    void refusesTiersThatCannotBe() {
        Cli fp8 = Cli.run("bench", "--model", DEMO, "--fp8");
        assertThat(fp8.code()).isEqualTo(2);
        assertThat(fp8.err()).contains("--fp8 needs --dtype bf16");
        Cli reuse = Cli.run("generate", "--model", DEMO, "--prompt", "a road", "--reuse", "1.5", "--out", folder);
        assertThat(reuse.code()).isEqualTo(2);
        assertThat(reuse.err()).contains("reuse is 1.5, expected 0 to 1");
    }
}

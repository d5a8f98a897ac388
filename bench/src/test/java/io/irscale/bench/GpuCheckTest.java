package io.irscale.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.ffi.TorchLibraries;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bench/gpu-check} on what it packs for a GPU machine: without Java, in an empty home and, where the system lets one,
 * without a network. On the CPU always; on the emulated device where {@code PYTHON} or {@code python3} has PyTorch, whose
 * headers that is compiled with.
 */
class GpuCheckTest {
    private static final Path ROOT =
            Path.of(System.getProperty("irscale.root", "..")).toAbsolutePath();
    private static final Path CMAKE = ROOT.resolve("native/target/cmake/bin/cmake");
    private static final List<String> WITHOUT_NETWORK = List.of("unshare", "-rn");

    @TempDir
    private static Path place;

    private static Path tree;
    private static Path torch;
    private static List<String> before;

    @BeforeAll
    static void packs() throws Exception {
        Path archive = place.resolve("irscale.tar.gz");
        Run packed = run(Map.of(), List.of(ROOT.resolve("bench/gpu-check").toString(), "--pack", archive.toString()));
        assertThat(packed.code()).withFailMessage(packed::output).isZero();
        assertThat(Files.size(archive)).isLessThan(30 << 20);
        assertThat(run(Map.of(), List.of("tar", "-xzf", archive.toString(), "-C", place.toString()))
                        .code())
                .isZero();
        tree = place.resolve("irscale");
        assertThat(tree.resolve("java/core/src/main")).doesNotExist();
        // The libraries of Maven Central in one folder, as of an installation.
        torch = Files.createDirectory(place.resolve("torch"));
        for (Path library : TorchLibraries.locate(Optional.empty())) {
            Files.createSymbolicLink(torch.resolve(library.getFileName()), library);
        }
        Files.createDirectory(place.resolve("home"));
        boolean alone;
        try {
            alone = run(
                                    Map.of(),
                                    Stream.concat(WITHOUT_NETWORK.stream(), Stream.of("true"))
                                            .toList())
                            .code()
                    == 0;
        } catch (IOException e) {
            alone = false;
        }
        before = alone ? WITHOUT_NETWORK : List.of();
    }

    /** How a command ended, and what it printed. */
    private record Run(int code, String output) {}

    private static Run run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        File output = Files.createTempFile(place, "output", ".txt").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
        if (!environment.isEmpty()) {
            builder.environment().keySet().removeIf(name -> !name.equals("PATH") && !name.startsWith("CMAKE_"));
            builder.environment().putAll(environment);
        }
        Process process = builder.start();
        if (!process.waitFor(20, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Run(process.waitFor(), Files.readString(output.toPath()));
    }

    private static Run check(Map<String, String> more, String... arguments) throws IOException, InterruptedException {
        Map<String, String> environment =
                new HashMap<>(Map.of("HOME", place.resolve("home").toString()));
        if (Files.isExecutable(CMAKE)) {
            environment.put("CMAKE", CMAKE.toString());
        }
        environment.putAll(more);
        List<String> command = new ArrayList<>(before);
        command.add(tree.resolve("bench/gpu-check").toString());
        command.addAll(List.of(arguments));
        return run(environment, command);
    }

    private static Run onCpu(String out) throws IOException, InterruptedException {
        return check(
                Map.of("TORCH", torch.toString()), "--cpu", place.resolve(out).toString());
    }

    /** The table of a run with a fault in a source, which ends with 1. */
    private static String tableWithFault(String source, String sound, String faulty)
            throws IOException, InterruptedException {
        Path file = tree.resolve(source);
        String text = Files.readString(file);
        assertThat(text).contains(sound);
        Files.writeString(file, text.replace(sound, faulty));
        try {
            Run run = onCpu("faults");
            assertThat(run.code()).withFailMessage(run::output).isEqualTo(1);
            return table("faults");
        } finally {
            Files.writeString(file, text);
        }
    }

    private static String table(String out) throws IOException {
        return Files.readString(place.resolve(out).resolve("gpu.md"));
    }

    @Test
    void onTheCpuEveryPartRunsAndASecondRunHasNothingLeftToDo() throws Exception {
        Run first = onCpu("cpu");
        assertThat(first.code()).withFailMessage(first::output).isZero();
        assertThat(table("cpu"))
                .contains(
                        "Golden tensors: 227 of 227 comparisons pass.",
                        "| kernels | every kernel against its CPU twin | 8 pass |")
                .contains("| search |", "| fp8-32 |", "| merge |", "| decode |", "| clip |", "| roads |")
                .doesNotContain("left out", "FAIL");
        assertThat(place.resolve("cpu/gpu.json")).isNotEmptyFile();

        assertThat(onCpu("cpu").output()).doesNotContain("[1/").contains("227 of 227");

        // As after a cut: what is missing is done, and nothing else.
        Files.delete(place.resolve("cpu/parts/merge.json"));
        assertThat(onCpu("cpu").output()).containsOnlyOnce("] merge: ").doesNotContain("] machine: ");
    }

    @Test
    void aWrongKernelIsNamedAndTheRestGoesOn() throws Exception {
        String table = tableWithFault(
                "kernels/gated_residual.cu", "+ to_float(gates.at[i])", "+ 1.01F * to_float(gates.at[i])");
        assertThat(table)
                .containsPattern(
                        "- kernels: gated_residual: ended with exit code 1: gated_residual at \\d+: .*, expected ")
                .contains("| kernels | every kernel against its CPU twin | 7 pass, 1 FAIL |")
                .contains("227 of 227");
    }

    @Test
    void aMissingBarrierIsFoundInTheKernelsThatNeedIt() throws Exception {
        String table = tableWithFault(
                "kernels/cuda_common.cuh", "= x;\n    __syncthreads();\n    float all", "= x;\n    float all");
        assertThat(table)
                .contains("- kernels: layer_norm_modulate: ended with exit code 1: layer_norm_modulate at ")
                .doesNotContain("- kernels: transition")
                .contains("227 of 227");
    }

    @Test
    void aCrashIsToldAndTheRestGoesOn() throws Exception {
        String table = tableWithFault(
                "kernels/cuda_test.cu",
                "    const std::vector<int64_t> negative{4, -1, 3};",
                "    *static_cast<volatile int*>(nullptr) = 1;\n    const std::vector<int64_t> negative{4, -1, 3};");
        assertThat(table)
                .contains("- kernels: guidance: ended by signal: Segmentation fault")
                .contains("7 pass, 1 FAIL")
                .contains("227 of 227");
    }

    @Test
    void aModelThatComputesOtherwiseFailsTheStagesThatShowIt() throws Exception {
        String table =
                tableWithFault("native/src/models/flux.cpp", "Tensor::scalar(1000.0F)", "Tensor::scalar(1001.0F)");
        assertThat(table)
                .contains(
                        "- parity-transformer: transformer-fp64/temb: ", "- parity-transformer: transformer-fp64/out: ")
                .contains("| parity-vae | golden tensors: vae | 4 pass |");
    }

    @Test
    void badArgumentsAreOneLineWithExitCode2() throws Exception {
        Run unknown = check(Map.of(), "--gpu", "out");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.output())
                .startsWith("gpu-check: unknown option --gpu")
                .hasLineCount(1);

        Run nowhere = check(
                Map.of("TORCH", place.resolve("home").toString()),
                "--cpu",
                place.resolve("cpu").toString());
        assertThat(nowhere.code()).isEqualTo(1);
        assertThat(nowhere.output()).contains("no libtorch_cpu.so in " + place.resolve("home"));
    }

    @Test
    void onTheEmulatedDeviceEveryPartRuns() throws Exception {
        String python = pythonWithTorch();
        Run run = check(
                Map.of("PYTHON", python),
                "--emulated",
                place.resolve("emulated").toString(),
                "20");
        assertThat(run.code()).withFailMessage(run::output).isZero();
        assertThat(table("emulated"))
                .contains("227 of 227", "| cudnn_attention | 2 | pass |", "| memory |", "| without |")
                .doesNotContain("left out", "FAIL");

        // An Ampere: no products in FP8, no cuDNN attention, and what is widened differs as what is multiplied does.
        String program = place.resolve("emulated/build/bin/gpu_check").toString();
        for (String capability : List.of("80", "90")) {
            Run fp8 = part(program, "fp8-16", capability);
            assertThat(fp8.output())
                    .contains("\"verdict\": \"measured\"")
                    .containsPattern("\"differs_by\": 0\\.0[0-9]");
        }
        assertThat(part(program, "roads", "80").output())
                .contains("{\"what\": \"cudnn_attention\", \"verdict\": \"pass\", \"calls\": 0}")
                .contains("libtorch chooses (capability 80");

        // A device without memory for more than some candidates: that is told, and smaller works go on.
        Run small = check(
                Map.of("PYTHON", python, "EMULATED_MOST_BYTES", "100000"),
                "--emulated",
                place.resolve("small").toString(),
                "20");
        assertThat(small.code()).isEqualTo(1);
        assertThat(table("small"))
                .contains("CUDA out of memory. Tried to allocate")
                .contains("| kernels | every kernel against its CPU twin | 8 pass |");
    }

    /** One part on the emulated device of a compute capability. */
    private static Run part(String program, String name, String capability) throws IOException, InterruptedException {
        Path out = place.resolve("emulated");
        return run(
                Map.of(
                        "EMULATED_CAPABILITY",
                        capability,
                        "LD_LIBRARY_PATH",
                        out.resolve("emulated").toString()),
                List.of(
                        program,
                        "part",
                        name,
                        "--torch",
                        out.resolve("emulated/torch").toString(),
                        "--goldens",
                        tree.resolve("java/core/src/test/goldens/dev").toString(),
                        "--kernel-test",
                        out.resolve("build/bin/cuda_emulated_test").toString(),
                        "--out",
                        out.toString(),
                        "--shape",
                        "tiny"));
    }

    private static String pythonWithTorch() throws IOException, InterruptedException {
        String python = Optional.ofNullable(System.getenv("PYTHON")).orElse("python3");
        boolean found;
        try {
            found = run(Map.of(), List.of(python, "-c", "import torch")).code() == 0;
        } catch (IOException e) {
            found = false;
        }
        Assumptions.assumeTrue(
                found,
                () -> python
                        + " has no PyTorch, whose headers the emulated device is compiled with: PYTHON names one that has");
        return python;
    }
}

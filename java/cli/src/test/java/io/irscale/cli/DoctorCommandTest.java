package io.irscale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.Processor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DoctorCommandTest {
    @Test
    void allThatIsNeededIsHere() {
        Cli done = Cli.run("doctor");
        assertThat(done.err()).isEmpty();
        assertThat(done.code()).isEqualTo(ExitCode.OK);
        assertThat(done.out())
                .containsPattern("(?m)^ok +JDK +25\\.")
                .containsPattern("(?m)^ok +native library .*libirscale\\.so$")
                .containsPattern("(?m)^ok +libtorch +2\\.\\d+\\.\\d+, .* threads, .*libtorch_cpu\\.so$")
                .containsPattern("(?m)^ok +memory +\\d+\\.\\d GiB free of \\d+\\.\\d GiB$")
                .contains("CPU features", "CUDA")
                .doesNotContain("missing", "\u001b");
    }

    @Test
    void missingTokenizersAreNamedWithTheRemedy() {
        Cli done = Cli.run("doctor", "--model", Cli.PIPELINE);
        assertThat(done.code()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(done.out()).containsPattern("(?m)^missing +tokenizers .*holds no CLIP tokenizer.*--tokenizers");
    }

    @Test
    void missingLibtorchIsNamedWithTheRemedy() {
        Cli done = Cli.run("doctor", "--libtorch", "no-such-folder");
        assertThat(done.code()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(done.out()).containsPattern("(?m)^missing +libtorch .*no-such-folder.*IRSCALE_LIBTORCH");
    }

    @Test
    void anOldJdkIsMissing() {
        Finding old = DoctorSoftware.jdk(Runtime.Version.parse("25.0.2"));
        assertThat(old.isMissing()).isTrue();
        assertThat(old.text()).contains("25.0.3");
        assertThat(DoctorSoftware.jdk(Runtime.Version.parse("25.0.3")).isMissing())
                .isFalse();
        assertThat(DoctorSoftware.jdk(Runtime.Version.parse("26")).isMissing()).isFalse();
    }

    @Test
    void cpuFeaturesComeFromItsFlags() {
        List<String> info = List.of("model name\t: A CPU", "flags\t\t: fpu avx2 avx512f");
        assertThat(DoctorMachine.cpu(Processor.of(info), 4))
                .containsExactly(
                        Finding.ok("CPU", "A CPU, 4 cores"),
                        Finding.ok("CPU features", "avx2 avx512f (without avx512_bf16 amx_bf16)"));
        assertThat(DoctorMachine.cpu(Processor.of(List.of()), 1).getLast().state())
                .isEqualTo(Finding.State.ABSENT);
    }

    @Test
    void everyLevelOfProcessorsHasItsRoads() {
        assertThat(DoctorMachine.kernels("amx")).startsWith("amx: bf16 on matrix tiles");
        assertThat(DoctorMachine.kernels("avx512-bf16")).contains("bf16 by its own products");
        assertThat(DoctorMachine.kernels("avx2")).contains("bf16 widened");
        assertThat(DoctorMachine.kernels("none")).contains("slower than fp32");
    }
}

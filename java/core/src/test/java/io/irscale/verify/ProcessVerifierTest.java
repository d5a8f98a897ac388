package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.decode.Image;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.error.VerifierException;
import io.irscale.verify.ImageVerifier.Asked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ProcessVerifier} with a real process, {@link JudgeProcess}. */
class ProcessVerifierTest {
    private static final String NAME = "judge";

    private final List<ProcessHandle> seen = new ArrayList<>();

    private static ProcessVerifier judge(String behaviour) {
        return judge(behaviour, ProcessVerifier.PATIENCE);
    }

    private static ProcessVerifier judge(String behaviour, Duration patience) {
        return ProcessVerifier.start(NAME, JudgeProcess.command(behaviour), patience);
    }

    private static Asked asked(int id, int width, float value, String prompt) {
        float[] values = new float[3 * 2 * width];
        Arrays.fill(values, value);
        return new Asked(id, new Image(2, width, values), prompt);
    }

    private static List<Asked> two() {
        return List.of(asked(7, 4, 1, "a road"), asked(3, 8, 0, "a \"road\"\nat night é"));
    }

    /** Processes that this JVM has started and that run. */
    private static Set<ProcessHandle> running() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .collect(Collectors.toSet());
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (ProcessHandle process : seen) {
            process.onExit().get();
        }
        assertThat(running()).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith(NAME));
    }

    @ParameterizedTest
    @ValueSource(strings = {"well", "eager", "chatty"})
    void scoresComeBackInTheOrderAsked(String behaviour) {
        try (ProcessVerifier judge = judge(behaviour)) {
            for (int call = 0; call < 3; call++) {
                assertThat(judge.score(two())).containsExactly(1 + 6 + 0.004f, 0 + 19 + 0.008f);
            }
            assertThat(judge.score(List.of(asked(-1, 1, 0.2f, "")))).containsExactly(0.2f + 0.001f);
            assertThat(judge.score(List.of())).isEmpty();
            assertThat(judge.name()).isEqualTo(NAME);
            assertThat(running()).hasSize(1);
        }
    }

    @Test
    void manyImagesWithEarlyRepliesDoNotBlock() {
        List<Asked> many = IntStream.range(0, 3000)
                .mapToObj(id -> asked(id, 64, 1, "x".repeat(id % 7)))
                .toList();
        try (ProcessVerifier judge = judge("eager")) {
            float[] scores = judge.score(many);
            assertThat(scores).hasSize(3000);
            for (int i = 0; i < scores.length; i++) {
                assertThat(scores[i]).isEqualTo((float) (1 + i % 7 + 0.064));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "exit | exited with code 3 before it scored candidate 7 and 1 more | it said: out of memory",
                "exit half | exited with code 0 before it scored candidate 3 | it said: judge of kind exit half",
                "log | wrote Loading the model..., expected {\"id\": ..., \"score\": ...} | judge of kind",
                "array | wrote [7, 0.5], expected {\"id\": ..., \"score\": ...} | judge of kind",
                "no score | wrote {\"id\": 7}, expected {\"id\": ..., \"score\": ...} | judge of kind",
                "long | wrote {\"id\": 7, \"score\": 1111 | judge of kind",
                "null | the score of candidate 7 is null, expected a finite number | judge of kind",
                "NaN | the score of candidate 7 is NaN, expected a finite number | judge of kind",
                "Infinity | the score of candidate 7 is Infinity, expected a finite number | judge of kind",
                "1e99 | the score of candidate 7 is 1.0E99, expected a finite number | judge of kind",
                "\"high\" | the score of candidate 7 is \"high\", expected a finite number | judge of kind",
                "true | the score of candidate 7 is true, expected a finite number | judge of kind",
                "twice | scored candidate 7 twice | judge of kind",
                "unknown | scored candidate 99, which this batch does not hold | judge of kind"
            })
    void whatBreaksTheProtocolIsToldInOneLine(String behaviour, String problem, String words) {
        try (ProcessVerifier judge = judge(behaviour)) {
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> judge.score(two()))
                    .withMessageStartingWith("verifier judge: " + problem)
                    .withMessageContaining(
                            "command: " + JudgeProcess.command(behaviour).getFirst())
                    .withMessageContaining(words)
                    .satisfies(
                            e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(700));
            assertThat(running()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"silent, 0.5, candidate 7 and 1 more", "deaf, 0.5, candidate 7 and 1 more", "half, 5, candidate 3"})
    void silenceEndsWithPatience(String behaviour, String seconds, String missing) {
        // More than a pipe holds, so that a command that does not read blocks whoever writes.
        List<Asked> large = List.of(asked(7, 40_000, 1, "a road"), asked(3, 40_000, 1, "a road"));
        try (ProcessVerifier judge = judge(behaviour, Duration.parse("PT" + seconds + "S"))) {
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> judge.score(large))
                    .withMessageStartingWith("verifier judge: no score for " + missing + " within " + seconds + " s");
            assertThat(running()).isEmpty();
        }
    }

    @Test
    void aReplyAfterTheBatchFailsTheNextOne() {
        try (ProcessVerifier judge = judge("late")) {
            assertThat(judge.score(two())).hasSize(2);
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> judge.score(List.of(asked(8, 1, 0, ""))))
                    .withMessageStartingWith("verifier judge: scored candidate 7, which this batch does not hold");
        }
    }

    @Test
    void theCallAfterAFailureStartsTheCommandAnew() {
        try (ProcessVerifier judge = judge("once")) {
            assertThat(judge.score(two())).hasSize(2);
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> judge.score(two()))
                    .withMessageStartingWith("verifier judge: exited with code 0 before it scored candidate 7");
            assertThat(judge.score(two())).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stubborn", "parent"})
    void closingLeavesNoProcess(String behaviour) {
        try (ProcessVerifier judge = judge(behaviour)) {
            assertThat(judge.score(two())).hasSize(2);
            seen.addAll(running());
            assertThat(seen).hasSize(behaviour.equals("parent") ? 2 : 1);
        }
    }

    @Test
    void anInterruptedCallerKillsTheCommand() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        try (ProcessVerifier judge = judge("silent")) {
            Thread caller = Thread.ofPlatform().start(() -> {
                started.countDown();
                try {
                    judge.score(two());
                } catch (VerifierException e) {
                    thrown.set(e);
                    flag.set(Thread.currentThread().isInterrupted());
                }
            });
            started.await();
            caller.interrupt();
            caller.join();
            assertThat(thrown.get()).hasMessageStartingWith("verifier judge: interrupted while it scored candidate 7");
            assertThat(flag.get()).isTrue();
            assertThat(running()).isEmpty();
        }
    }

    @Test
    void whatCannotRunIsRefusedAtTheStart() {
        refused(List.of("/nonexistent/judge"), Duration.ofSeconds(1), "cannot be started", "/nonexistent/judge");
        refused(List.of(), Duration.ofSeconds(1), "the command is empty");
        refused(List.of("true"), Duration.ZERO, "the patience is 0 s, expected more than 0");
    }

    private static void refused(List<String> command, Duration patience, String... words) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ProcessVerifier.start(NAME, command, patience).close())
                .satisfies(e -> assertThat(e.getMessage()).contains(words).doesNotContain("\n"));
    }

    @Test
    void wrongCallsAreRefusedAndLeaveTheCommandAlone() {
        try (ProcessVerifier judge = judge("well")) {
            Set<ProcessHandle> before = running();
            Asked one = asked(7, 1, 0, "");
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> judge.score(List.of(one, one)))
                    .withMessage("candidate 7 is to be scored twice in one call");
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> judge.score(List.of(asked(7, 1, Float.NaN, ""))))
                    .withMessageContaining("NaN");
            assertThat(judge.score(two())).hasSize(2);
            assertThat(running()).isEqualTo(before);
        }
    }

    @Test
    void useAfterCloseIsRefused() {
        ProcessVerifier judge = judge("well");
        judge.close();
        assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> judge.score(two()));
        assertThatExceptionOfType(ClosedException.class).isThrownBy(judge::close);
    }
}

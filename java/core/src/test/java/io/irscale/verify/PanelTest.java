package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.decode.Image;
import io.irscale.error.DeviceMemoryException;
import io.irscale.error.InvalidInputException;
import io.irscale.error.VerifierException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Tensor;
import io.irscale.verify.ImageVerifier.Asked;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class PanelTest {
    private static final List<String> PROMPTS = List.of("a road", "two cars");
    private static final List<Asked> ASKED = List.of(
            new Asked(4, new Image(1, 1, new float[3]), "a road"),
            new Asked(2, new Image(1, 1, new float[3]), "two cars"));

    private final List<String> events = new ArrayList<>();

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    private Verifier device(String name, Function<List<String>, float @Nullable []> scores) {
        return new Verifier() {
            @Override
            public String name() {
                return "its own name";
            }

            @Override
            @SuppressWarnings("NullAway") // as a user's code may
            public float[] score(Tensor images, List<String> prompts) {
                assertThat(images.size(0)).isEqualTo(prompts.size());
                events.add(name);
                return scores.apply(prompts);
            }

            @Override
            public void close() {
                events.add("close " + name);
            }
        };
    }

    private ImageVerifier host(String name, Function<List<Asked>, float @Nullable []> scores) {
        return new ImageVerifier() {
            @Override
            public String name() {
                return "its own name";
            }

            @Override
            @SuppressWarnings("NullAway") // as a user's code may
            public float[] score(List<Asked> asked) {
                events.add(name);
                return scores.apply(asked);
            }

            @Override
            public void close() {
                events.add("close " + name);
                throw new IllegalStateException(name + " does not close");
            }
        };
    }

    private static Member heldOut(String name) {
        return new Member(name, 1, true);
    }

    /** Of each kind one that is optimised and one that is held out. */
    private Panel four() {
        return new Panel.Builder()
                .add(Member.of("host"), host("host", asked ->
                        new float[] {asked.get(0).id(), asked.get(1).id()}))
                .add(Member.of("device"), device("device", prompts -> new float[] {0.5f, Float.NaN}))
                .add(heldOut("held device"), device("held device", prompts -> new float[] {7, 8}))
                .add(heldOut("held host"), host("held host", asked -> new float[] {9, Float.POSITIVE_INFINITY}))
                .build(WeightedSum::new);
    }

    private float[][] score(Panel panel, boolean preview) {
        try (Tensor images = Tensor.of(new float[6], 2, 3, 1, 1)) {
            float[][] scores = panel.scoreDevice(images, PROMPTS, preview);
            panel.scoreHost(ASKED, scores, preview);
            return scores;
        }
    }

    @Test
    void scoresStandInTheOrderOfTheMembers() {
        Panel panel = four();
        assertThat(panel.names()).containsExactly("host", "device", "held device", "held host");
        assertThat(panel.size()).isEqualTo(4);
        assertThat(panel.isEmpty()).isFalse();
        float[][] scores = score(panel, false);
        assertThat(scores[0]).containsExactly(4, 0.5f, 7, 9);
        assertThat(scores[1]).containsExactly(2, Float.NaN, 8, Float.POSITIVE_INFINITY);
        assertThat(events).containsExactly("device", "held device", "host", "held host");
        assertThat(panel.objective().values(List.of(scores))).containsExactly(4.5, Double.NEGATIVE_INFINITY);
        assertThat(panel.objective().describe()).isEqualTo("host + device");
    }

    @Test
    void thoseNotAskedAreNan() {
        try (Tensor images = Tensor.of(new float[6], 2, 3, 1, 1)) {
            assertThat(four().scoreDevice(images, PROMPTS, false)[0]).containsExactly(Float.NaN, 0.5f, 7, Float.NaN);
        }
    }

    @Test
    void heldOutVerifiersSeeNoPreviews() {
        float[][] scores = score(four(), true);
        assertThat(scores[0]).containsExactly(4, 0.5f, Float.NaN, Float.NaN);
        assertThat(events).containsExactly("device", "host");
    }

    @Test
    void imagesAreNeededByWhomeverLooksAtThem() {
        Panel.Builder builder = new Panel.Builder().add(Member.of("a"), device("a", prompts -> new float[2]));
        assertThat(builder.build(WeightedSum::new).needsImages(false)).isFalse();
        builder.add(heldOut("b"), host("b", asked -> new float[2]));
        Panel held = builder.build(WeightedSum::new);
        assertThat(held.needsImages(false)).isTrue();
        assertThat(held.needsImages(true)).isFalse();
        assertThat(four().needsImages(true)).isTrue();
    }

    @Test
    void anEmptyPanelValuesAllAlike() {
        Panel panel = Panel.empty();
        assertThat(panel.isEmpty()).isTrue();
        assertThat(panel.needsImages(false)).isFalse();
        float[][] scores = score(panel, false);
        assertThat(scores).hasDimensions(2, 0);
        assertThat(panel.objective().values(List.of(scores))).containsExactly(0, 0);
        panel.close();
    }

    @Test
    void wrongCountsNullAndExceptionsNameTheVerifier() {
        failed(prompts -> new float[3], "verifier v: returned 3 scores, expected 2 scores");
        failed(prompts -> new float[0], "verifier v: returned 0 scores, expected 2 scores");
        failed(prompts -> null, "verifier v: returned null, expected 2 scores");
        failed(
                prompts -> {
                    throw new IllegalStateException("two\nlines");
                },
                "verifier v: java.lang.IllegalStateException: two lines");
    }

    private void failed(Function<List<?>, float @Nullable []> scores, String message) {
        Panel device = new Panel.Builder()
                .add(Member.of("v"), device("v", scores::apply))
                .build(WeightedSum::new);
        Panel host = new Panel.Builder()
                .add(Member.of("v"), host("v", scores::apply))
                .build(WeightedSum::new);
        for (Panel panel : List.of(device, host)) {
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(() -> score(panel, false))
                    .withMessage(message);
        }
    }

    @Test
    void aLackOfMemoryIsPassedOn() {
        Panel panel = new Panel.Builder()
                .add(Member.of("v"), device("v", prompts -> {
                    throw new DeviceMemoryException("full");
                }))
                .build(WeightedSum::new);
        assertThatExceptionOfType(DeviceMemoryException.class).isThrownBy(() -> score(panel, false));
    }

    @Test
    void hostVerifiersAreAskedOneAtATime() throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Panel panel = new Panel.Builder()
                .add(Member.of("v"), host("v", asked -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    inside.decrementAndGet();
                    return new float[2];
                }))
                .build(WeightedSum::new);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int call = 0; call < 200; call++) {
                    panel.scoreHost(ASKED, new float[2][1], false);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(events).hasSize(800);
        assertThat(most).hasValue(1);
    }

    @Test
    void aNameIsTakenOnce() {
        Panel.Builder builder = new Panel.Builder()
                .add(Member.of("v"), device("v", prompts -> new float[2]))
                .add(heldOut("v"), device("v", prompts -> new float[2]));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> builder.build(WeightedSum::new))
                .withMessage("verifier v: the name is taken twice");
        assertThat(events).isEmpty();
    }

    @Test
    void allAreClosedEvenIfSomeFailTo() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(four()::close)
                .withMessage("held host does not close")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .satisfies(other -> assertThat(other).hasMessage("host does not close")));
        assertThat(events).containsExactly("close held host", "close held device", "close device", "close host");
    }
}

package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.GoldenTensors;
import io.irscale.decode.Vae;
import io.irscale.denoise.Row;
import io.irscale.error.ClosedException;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeReward;
import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.LatentShape;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input is named before anything is computed. */
@ExtendWith(NoLeaks.class)
class RewardGradientInputTest {
    private static final LatentShape SHAPE = GoldenReward.SHAPE;

    @TempDir
    Path folder;

    private GoldenReward golden;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @BeforeEach
    void open() throws IOException {
        golden = new GoldenReward(DType.F32, folder);
    }

    @AfterEach
    void close() {
        golden.close();
    }

    private static void refused(Runnable use, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(use::run)
                .withMessageContaining(message);
    }

    @Test
    void latents() {
        LatentShape other = new LatentShape(4, 20, 14);
        refused(
                () -> golden.reward.cheap(golden.x0, other, golden.text),
                "x0 has shape [2, 60, 16], expected [-1, 70, 16]");
        LatentShape odd = new LatentShape(4, 15, 16);
        refused(() -> golden.reward.cheap(golden.x0, odd, golden.text), "latents have size 15 x 16, expected even");
        try (Tensor flat = Tensor.of(new float[2 * 960], 2, 960);
                Tensor narrow = Tensor.of(new float[2 * 60 * 8], 2, 60, 8)) {
            refused(() -> golden.cheap(flat), "x0 has shape [2, 960]");
            refused(() -> golden.full(flat), "x has shape [2, 960]");
            refused(() -> golden.full(narrow), "x has shape [2, 60, 8], expected [-1, 60, 16]");
        }
    }

    @Test
    void prompts() {
        refused(
                () -> golden.reward.cheap(golden.x0, SHAPE, List.of("hot")),
                "prompts has 1 entries, expected one for each of the 2 rows");
        refused(
                () -> golden.reward.full(golden.x, golden.rows, GoldenReward.SIGMA, SHAPE, List.of("hot")),
                "prompts has 1 entries, expected one for each of the 2 rows");
        try (Tensor one = golden.text.slice(0, 1);
                Tensor wide = Tensor.of(new float[66], 2, 33)) {
            refused(() -> golden.reward.cheap(golden.x0, SHAPE, one), "text has shape [1, 32], expected [2, 32]");
            refused(() -> golden.reward.cheap(golden.x0, SHAPE, wide), "text has shape [2, 33], expected [2, 32]");
        }
    }

    @Test
    void rowsAndTimes() {
        List<Row> one = golden.rows.subList(0, 1);
        refused(
                () -> golden.reward.full(golden.x, one, GoldenReward.SIGMA, SHAPE, golden.text),
                "rows has 1 entries, expected one for each of the 2 rows");
        refused(
                () -> golden.reward.full(golden.x, golden.rows, new float[1], SHAPE, golden.text),
                "sigma has 1 entries");
        for (float wrong : new float[] {-0.1f, 1.1f, Float.NaN}) {
            float[] sigma = {0.5f, wrong};
            refused(
                    () -> golden.reward.full(golden.x, golden.rows, sigma, SHAPE, golden.text),
                    "sigma of row 1 is " + (Float.isNaN(wrong) ? "nan" : wrong) + ", expected [0, 1]");
        }
        List<Row> late = List.of(golden.rows.get(0), Row.of(golden.rows.get(1).plan(), 3));
        refused(
                () -> golden.reward.full(golden.x, late, GoldenReward.SIGMA, SHAPE, golden.text),
                "stands at step 3, its plan has 3");
    }

    @Test
    void nothing() {
        MemorySegment vae = golden.vae.handle();
        MemorySegment clip = golden.verifier.clip().handle();
        MemorySegment x0 = golden.x0.handle();
        MemorySegment text = golden.text.handle();
        MemorySegment none = MemorySegment.NULL;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment half = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, 0.5, 0.5, 0.5);
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment by = standard(64).struct(arena);
            refused(() -> NativeReward.create(none, vae, clip, by), "out is NULL");
            refused(() -> NativeReward.create(out, none, clip, by), "vae is NULL");
            refused(() -> NativeReward.create(out, vae, none, by), "clip is NULL");
            refused(() -> NativeReward.create(out, vae, clip, none), "preprocessing is NULL");
            refused(
                    () -> NativeReward.create(out, vae, clip, standard(60).struct(arena)),
                    "edge is 60, expected CLIP's image_size 64");
            refused(() -> NativeReward.create(out, vae, clip, with(arena, "resize", 4)), "resize is 4, expected IRS_");
            refused(
                    () -> NativeReward.create(out, vae, clip, with(arena, "filter", -1)),
                    "filter is -1, expected IRS_");
            refused(() -> NativeReward.create(out, vae, clip, with(arena, "crop", 3)), "crop is 3, expected IRS_");
            refused(() -> NativeReward.create(out, vae, clip, with(arena, "height", 0)), "height is 0, expected 1");
            refused(() -> NativeReward.create(out, vae, clip, with(arena, "edge", 0)), "edge is 0, expected 1");
            refused(
                    () -> NativeReward.create(out, vae, clip, scaled(arena, 0)),
                    "scale is 0, expected a number above 0");
            refused(() -> NativeReward.create(out, vae, clip, scaled(arena, Double.NaN)), "scale is nan, expected");
            refused(() -> NativeReward.gradient(out, half, none, x0, 20, 12, text), "reward is NULL");
            NativeReward.create(out, vae, clip, by);
            MemorySegment reward = out.get(ValueLayout.ADDRESS, 0);
            refused(() -> NativeReward.gradient(none, half, reward, x0, 20, 12, text), "gradient is NULL");
            refused(() -> NativeReward.gradient(out, none, reward, x0, 20, 12, text), "scores is NULL");
            refused(() -> NativeReward.gradient(out, half, reward, none, 20, 12, text), "x0 is NULL");
            refused(() -> NativeReward.gradient(out, half, reward, x0, 20, 12, none), "text is NULL");
            NativeReward.free(reward);
        }
    }

    private static ClipPreprocessing standard(int imageSize) {
        return ClipPreprocessing.standard(imageSize, ClipPreprocessing.Crop.DOWN);
    }

    private static MemorySegment with(Arena arena, String field, int value) {
        MemorySegment by = standard(64).struct(arena);
        by.set(
                ValueLayout.JAVA_INT,
                NativeStructs.CLIP_PREPROCESSING.byteOffset(MemoryLayout.PathElement.groupElement(field)),
                value);
        return by;
    }

    private static MemorySegment scaled(Arena arena, double scale) {
        MemorySegment by = standard(64).struct(arena);
        by.set(
                ValueLayout.JAVA_DOUBLE,
                NativeStructs.CLIP_PREPROCESSING.byteOffset(MemoryLayout.PathElement.groupElement("scale")),
                scale);
        return by;
    }

    @Test
    void aTextEncoderHasNoReward() throws IOException {
        Path encoder = GoldenTensors.GOLDENS.resolve("dev/pipeline/text_encoder");
        try (Clip clip = Clip.open(encoder, Device.CPU, DType.F32);
                Arena arena = Arena.ofConfined()) {
            MemorySegment by = standard(64).struct(arena);
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            refused(
                    () -> NativeReward.create(out, golden.vae.handle(), clip.handle(), by),
                    "this CLIP is a text encoder");
        }
    }

    @Test
    void aClosedModel() {
        Vae vae = Vae.open(GoldenTensors.GOLDENS.resolve("dev/pipeline/vae"), Device.CPU, DType.F32);
        try (RewardGradient reward = new RewardGradient(golden.flux, vae, golden.verifier)) {
            vae.close();
            assertThatExceptionOfType(ClosedException.class)
                    .isThrownBy(() -> reward.cheap(golden.x0, SHAPE, golden.text));
        }
    }
}

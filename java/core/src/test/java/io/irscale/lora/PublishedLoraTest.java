package io.irscale.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.irscale.denoise.FluxConfig;
import io.irscale.denoise.FluxLoraNames;
import io.irscale.error.InvalidInputException;
import io.irscale.text.ClipConfig;
import io.irscale.text.ClipLoraNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files with the keys and shapes of ten published LoRAs, matched against the real FLUX.1-dev and CLIP-L. */
class PublishedLoraTest {
    private static final LoraModules FLUX = FluxLoraNames.modules(FluxConfig.DEV);
    private static final LoraModules CLIP = ClipLoraNames.modules(new ClipConfig.Tower(768, 12, 12, 3072, 0, 1e-5));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "flux_lora_diffusers_format, DIFFUSERS, 988, 494, 0, 494",
        "flux_lora_diffusers_no_proj_mlp_format, DIFFUSERS, 684, 342, 0, 342",
        "flux_lora_diffusers_base_model_format, PEFT, 762, 381, 0, 381",
        "flux_lora_kohya_format, KOHYA, 912, 494, 0, 304",
        "flux_lora_kohya_with_te1_format, KOHYA, 1128, 494, 72, 376",
        "flux_lora_aitoolkit_format, AI_TOOLKIT, 456, 418, 0, 228",
        "flux_lora_xlabs_format, XLABS, 24, 24, 0, 12",
    })
    void appliesEveryKey(String listing, LoraFormat format, int keys, int transformer, int clip, int factors)
            throws IOException {
        PublishedLora published = PublishedLora.read(listing);
        Path path = published.write(folder.resolve("lora.safetensors"), true);
        try (LoraFile file = LoraFile.open(path)) {
            assertThat(file.format()).isEqualTo(format);
            assertThat(file.tensors()).hasSize(keys);
            Lora lora = file.match(FLUX, CLIP);
            assertThat(lora.match().complete()).isTrue();
            assertThat(lora.match().matched())
                    .containsExactlyElementsOf(file.tensors().keySet());
            assertThat(lora.updates(LoraTarget.TRANSFORMER)).hasSize(transformer);
            assertThat(lora.updates(LoraTarget.CLIP)).hasSize(clip);
            assertThat(lora.updates().stream().flatMap(update -> update.keys().stream()))
                    .hasSameElementsAs(file.tensors().keySet());
            assertThat(lora.updates().stream()
                            .map(update ->
                                    LoraFixture.lowRank(update).a().data().address())
                            .collect(Collectors.toSet()))
                    .as("factors A, which fused layers share")
                    .hasSize(factors);
            lora.updates().forEach(update -> assertUpdate(published, update));
        }
        Files.delete(path);
    }

    /** At the corners and in the middle, where a wrong slice, scale or sharing shows. */
    private static void assertUpdate(PublishedLora published, LoraUpdate update) {
        ModuleShape shape = (update.target() == LoraTarget.CLIP ? CLIP : FLUX).shape(update.module());
        assertThat(LoraFixture.lowRank(update).a().shape())
                .containsExactly(update.term().rank().orElseThrow(), shape.in());
        assertThat(LoraFixture.lowRank(update).b().shape())
                .containsExactly(shape.out(), update.term().rank().orElseThrow());
        for (long row : new long[] {0, shape.out() / 2 + 1, shape.out() - 1}) {
            for (long column : new long[] {0, shape.in() / 2 + 1, shape.in() - 1}) {
                double product = 0;
                for (long k = 0; k < update.term().rank().orElseThrow(); k++) {
                    product += PublishedLora.bfloat(
                                    LoraFixture.lowRank(update).b(),
                                    row * update.term().rank().orElseThrow() + k)
                            * PublishedLora.bfloat(LoraFixture.lowRank(update).a(), k * shape.in() + column);
                }
                assertThat(update.scale() * product)
                        .as("%s [%d, %d]", update.module(), row, column)
                        .isCloseTo(published.expected(update.module(), row, column), within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "flux_control_lora_format, BFL_CONTROL, double_blocks.0.img_attn.norm.key_norm.scale",
    })
    void refusesWhatItCannotApply(String listing, LoraFormat format, String key) throws IOException {
        Path path = PublishedLora.read(listing).write(folder.resolve("lora.safetensors"), false);
        try (LoraFile file = LoraFile.open(path)) {
            assertThat(file.format()).isEqualTo(format);
            assertThatThrownBy(() -> file.match(FLUX, CLIP))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContainingAll(path.toString(), "'" + key + "'", format.title())
                    .message()
                    .hasLineCount(1);
        }
        Files.delete(path);
    }
}

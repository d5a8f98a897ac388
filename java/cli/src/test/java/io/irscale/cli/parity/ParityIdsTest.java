package io.irscale.cli.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.text.ClipTokenizer;
import io.irscale.text.T5Tokenizer;
import io.irscale.text.TokenIds;
import io.irscale.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ids.json}, by which {@code gpu_check} encodes text without tokenizers, holds what ours give. */
class ParityIdsTest {
    private static final Path FILE = GoldenCopy.GOLDENS.resolve("dev/ids.json");

    private final JsonMapper json = new JsonMapper();

    @Test
    void theIdsAreThoseOfTheTokenizers() throws IOException {
        GoldenCopy.assumeTokenizers();
        Tokenizers folders = Tokenizers.find(GoldenCopy.TOKENIZERS);
        int compared = 0;
        try (ClipTokenizer clip = ClipTokenizer.open(folders.clip());
                T5Tokenizer t5 = T5Tokenizer.open(folders.t5())) {
            for (JsonNode entry : json.readTree(Files.readAllBytes(FILE))) {
                String text = entry.required("text").stringValue();
                for (String kind : entry.propertyNames()) {
                    if (kind.equals("text")) {
                        continue;
                    }
                    int length = Integer.parseInt(kind.replaceFirst("[a-z0-9]+_", ""));
                    TokenIds ours = kind.startsWith("clip_") ? clip.encode(text, length) : t5.encode(text, length);
                    int[] theirs = entry.required(kind)
                            .valueStream()
                            .mapToInt(JsonNode::intValue)
                            .toArray();
                    assertThat(ours.ids()).as("%s of '%s'", kind, text).isEqualTo(theirs);
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(60);
    }

    @Test
    void everyTextOfTheGoldensIsThere() throws IOException {
        List<String> texts = new ArrayList<>();
        json.readTree(Files.readAllBytes(FILE))
                .forEach(entry -> texts.add(entry.required("text").stringValue()));
        try (GoldenFolder goldens = new GoldenFolder(GoldenCopy.GOLDENS.resolve("dev"))) {
            Manifest manifest = goldens.manifest();
            assertThat(texts).containsAll(manifest.prompts()).containsAll(manifest.captions());
            assertThat(texts)
                    .containsAll(manifest.runs().stream()
                            .flatMap(run -> run.negatives().stream())
                            .toList());
        }
        Stream<JsonNode> prompts = json.readTree(Files.readAllBytes(GoldenCopy.GOLDENS.resolve("tokenizers.json")))
                .valueStream();
        assertThat(texts)
                .containsAll(prompts.map(prompt -> prompt.required("text").stringValue())
                        .toList());
    }
}

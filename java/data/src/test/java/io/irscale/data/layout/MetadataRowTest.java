package io.irscale.data.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.data.Box;
import io.irscale.error.InvalidInputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetadataRowTest {
    private static MetadataRow row(String json) {
        return MetadataRow.of(Json.object(json, "row"), "row");
    }

    @Test
    void theCaptionIsUnderTheFirstKeyThatHoldsOne() {
        assertThat(row("{'prompt': 'p', 'caption': 'c', 'text': 't'}".replace('\'', '"'))
                        .caption())
                .contains("t");
        MetadataRow row =
                row("{'description': 'd', 'text': ' ', 'caption': null, 'prompt': ['', 'p', 'q']}".replace('\'', '"'));
        assertThat(row.caption()).contains("p");
        assertThat(row.attributes()).isEqualTo(Map.of("description", "d", "text", " "));
        assertThat(row("{}").caption()).isEmpty();
        assertThat(row("{\"file_name\": \"a.png\", \"video\": \"v\", \"time\": \"day\", \"angle\": 30}"))
                .satisfies(named -> assertThat(named.group()).contains("v"))
                .satisfies(named -> assertThat(named.attributes()).isEqualTo(Map.of("time", "day", "angle", "30")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{'bbox': [1, 2, 3, 4], 'category': 'car'}, {'bbox': [0, 0, 1, 1.5], 'category': 'bus'}]",
                "{'bbox': [[1, 2, 3, 4], [0, 0, 1, 1.5]], 'category': ['car', 'bus']}",
                "{'bbox': [[1, 2, 3, 4], [0, 0, 1, 1.5]], 'categories': ['car', 'bus'], 'area': [12, 1.5]}",
                "{'bbox': [[1, 2, 3, 4], [0, 0, 1, 1.5]], 'labels': ['car', 'bus']}",
                "\"{'bbox': [[1, 2, 3, 4], [0, 0, 1, 1.5]], 'category': ['car', 'bus']}\""
            },
            quoteCharacter = '`')
    void objectsHaveTwoForms(String objects) {
        String json = objects.startsWith("\"") ? objects.replace("'", "\\\"") : objects.replace('\'', '"');
        assertThat(row("{\"objects\": " + json + "}").boxes())
                .contains(List.of(new Box("car", 1, 2, 3, 4), new Box("bus", 0, 0, 1, 1.5)));
    }

    @Test
    void numbersStayNumbersAndNoObjectsAreNotUnknownOnes() {
        assertThat(row("{\"objects\": {\"bbox\": [[1, 2, 3, 4]], \"category_id\": [0]}}")
                        .boxes())
                .contains(List.of(new Box("0", 1, 2, 3, 4)));
        assertThat(row("{\"objects\": {\"bbox\": [], \"category\": []}}").boxes())
                .contains(List.of());
        assertThat(row("{\"objects\": []}").boxes()).contains(List.of());
        assertThat(row("{\"objects\": null}").boxes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'text': 3}|row: text is 3, expected a text",
                "{'text': [3]}|row: text is 3, expected a text",
                "{'video': 3}|row: video is 3, expected a text",
                "{'objects': 3}|row: objects is 3, expected a list of {\"bbox\": [x, y, w, h], \"category\": name}",
                "{'objects': {'bbox': [[1, 2, 3, 4]], 'label': []}}|row: objects has 1 bbox and 0 label, expected as many",
                "{'objects': [{'bbox': [1, 2, 3, 4]}]}|row: objects has {\"bbox\":[1,2,3,4]}, expected bbox and one of "
                        + "category, categories, label, labels, category_id",
                "{'objects': [{'bbox': [1, 2, 3, 4], 'category': 1.5}]}|row: category is 1.5, expected a name or an integer",
                "{'objects': '[{'}|row objects: is not valid JSON: "
            },
            quoteCharacter = '`')
    void otherFormsAreRefused(String json, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> row(json.replace('\'', '"')))
                .withMessageStartingWith(message);
    }
}

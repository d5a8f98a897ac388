package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The scores of one batch, gathered from the lines of a {@link ProcessVerifier}'s command. */
final class Replies {
    // NaN is what Python writes for a score gone wrong; it is read so that the error can name the candidate.
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final int SHOWN = 200;

    private final float[] scores;
    private final Map<Integer, Integer> places = new LinkedHashMap<>();
    private final Map<Integer, Integer> open = new LinkedHashMap<>();

    Replies(List<ImageVerifier.Asked> asked) {
        scores = new float[asked.size()];
        for (int i = 0; i < scores.length; i++) {
            if (places.putIfAbsent(asked.get(i).id(), i) != null) {
                throw new InvalidInputException("candidate %d is to be scored twice in one call"
                        .formatted(asked.get(i).id()));
            }
        }
        open.putAll(places);
    }

    /** Takes a line; returns what is wrong with it. */
    Optional<String> take(String line) {
        JsonNode reply = parse(line);
        JsonNode id = reply.path("id");
        if (!id.canConvertToInt() || !id.isIntegralNumber() || !reply.has("score")) {
            return Optional.of("wrote %s, expected {\"id\": ..., \"score\": ...}".formatted(shown(line)));
        }
        if (!places.containsKey(id.intValue())) {
            return Optional.of("scored candidate %d, which this batch does not hold".formatted(id.intValue()));
        }
        JsonNode score = reply.path("score");
        float value = score.isNumber() ? (float) score.doubleValue() : Float.NaN;
        if (!Float.isFinite(value)) {
            String told = score.isNumber() ? String.valueOf(score.doubleValue()) : shown(score.toString());
            return Optional.of(
                    "the score of candidate %d is %s, expected a finite number".formatted(id.intValue(), told));
        }
        Integer place = open.remove(id.intValue());
        if (place == null) {
            return Optional.of("scored candidate %d twice".formatted(id.intValue()));
        }
        scores[place] = value;
        return Optional.empty();
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    /** A stranger's text made fit for a message. */
    static String shown(String text) {
        String oneLine = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return oneLine.length() > SHOWN ? oneLine.substring(0, SHOWN) + "..." : oneLine;
    }

    /** Whether every candidate has its score. */
    boolean complete() {
        return open.isEmpty();
    }

    /** Who lacks a score, for messages. */
    String missing() {
        if (open.isEmpty()) {
            return "the batch's end";
        }
        String first = "candidate " + open.keySet().iterator().next();
        return open.size() == 1 ? first : first + " and " + (open.size() - 1) + " more";
    }

    /** The scores in the order of the batch. */
    float[] scores() {
        return scores;
    }
}

package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.Ensemble;
import io.irscale.GenerateRequest;
import io.irscale.VerifierSpec;
import io.irscale.search.Scored;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The settings that a PNG carries in its text chunks: enough to draw it again. No times: the same run, the same bytes. */
public final class ImageTexts {
    private ImageTexts() {}

    /** What holds for every image of a prompt. */
    static Map<String, String> of(EngineOptions options, AppliedLoras loras, GenerateRequest request) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("irscale", Version.text());
        texts.put("ai_generated", "true");
        texts.put("units", "relative");
        texts.put("model", options.files().model().toAbsolutePath().normalize().getFileName() + "");
        texts.put("dtype", Converters.name(options.dtype()));
        loras.text().ifPresent(text -> texts.put("loras", text));
        texts.put("prompt", request.prompt());
        if (request.guided()) {
            texts.put("negative", request.negative());
        }
        texts.put("steps", Integer.toString(request.steps()));
        texts.put("guidance", Float.toString(request.guidance()));
        texts.put("true_cfg", Float.toString(request.trueCfg()));
        texts.put("height", Integer.toString(request.height()));
        texts.put("width", Integer.toString(request.width()));
        texts.put("max_sequence_length", Integer.toString(request.maxSequenceLength()));
        return texts;
    }

    /** With what holds for one candidate. */
    public static Map<String, String> of(
            EngineOptions options, AppliedLoras loras, GenerateRequest request, Scored scored) {
        Map<String, String> texts = of(options, loras, request);
        texts.put("seed", Converters.seed(scored.candidate().seed()).toString());
        // A mean rank is one among others, and others are still to come.
        if (options.ensemble() == Ensemble.SUM) {
            scored.score().ifPresent(score -> texts.put("score", Float.toString((float) score)));
        }
        if (options.verifiers().size() > 1) {
            texts.put("scores", parts(options.verifiers(), scored.parts()));
        }
        return texts;
    }

    private static String parts(List<VerifierSpec> verifiers, float[] parts) {
        return IntStream.range(0, parts.length)
                .mapToObj(i -> verifiers.get(i).member().name() + " " + parts[i])
                .collect(Collectors.joining(", "));
    }
}

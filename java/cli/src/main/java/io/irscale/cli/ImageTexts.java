package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.search.Scored;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings that a PNG carries in its text chunks: enough to draw it again. No times: the same run, the same bytes. */
final class ImageTexts {
    private ImageTexts() {}

    /** What holds for every image of a prompt. */
    static Map<String, String> of(EngineOptions options, AppliedLoras loras, GenerateRequest request) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("irscale", Version.text());
        texts.put("ai_generated", "true");
        texts.put("units", "relative");
        texts.put("model", options.model().toAbsolutePath().normalize().getFileName() + "");
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
    static Map<String, String> of(EngineOptions options, AppliedLoras loras, GenerateRequest request, Scored scored) {
        Map<String, String> texts = of(options, loras, request);
        texts.put("seed", Long.toString(scored.candidate().seed()));
        scored.score().ifPresent(score -> texts.put("score", Float.toString((float) score)));
        return texts;
    }
}

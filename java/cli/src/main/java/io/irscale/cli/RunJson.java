package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.VerifierSpec;
import io.irscale.search.Ledger;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import io.irscale.tensor.AtomicFile;
import io.irscale.verify.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a run did, as {@code run.json}: settings, exact costs, times, and every candidate, best first. */
final class RunJson {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final ObjectNode root = MAPPER.createObjectNode();
    private final OutputFolder folder;

    /** libtorch's version, and the time that loading took. */
    record Loaded(String torch, Duration time) {}

    /** The part that is known before the first image; all requests differ in their prompts only. */
    RunJson(
            EngineOptions options,
            AppliedLoras loras,
            GenerateRequest request,
            PixelFormat format,
            Loaded loaded,
            OutputFolder folder) {
        this.folder = folder;
        root.put("irscale", Version.text()).put("libtorch", loaded.torch());
        root.put("device", options.device().toString()).put("dtype", Converters.name(options.dtype()));
        root.put("load_ms", Durations.millis(loaded.time()));
        loras.write(root);
        root.put("ai_generated", true).put("units", "relative");
        ObjectNode out = root.putObject("options");
        out.put("model", options.model().toString());
        put(out, "transformer", options.transformer());
        put(out, "vae", options.vae());
        put(out, "tokenizers", options.tokenizers());
        verifiers(out, options);
        out.put("candidates", request.candidates()).put("seed", request.seed());
        out.put("steps", request.steps()).put("guidance", request.guidance());
        out.put("true_cfg", request.trueCfg());
        out.put("negative", request.guided() ? request.negative() : null);
        out.put("height", request.height()).put("width", request.width());
        out.put("max_sequence_length", request.maxSequenceLength());
        out.put("batch", request.batch().isPresent() ? request.batch().getAsInt() : null);
        out.put("format", format.toString());
        root.putArray("prompts");
    }

    /** One prompt's outcome. */
    void add(int prompt, String text, SearchResult found) {
        ObjectNode out = ((ArrayNode) root.path("prompts")).addObject();
        out.put("prompt", text);
        Ledger.Counts cost = found.cost();
        out.putObject("ledger")
                .put("text_encodings", cost.textEncodings())
                .put("plans", cost.plans())
                .put("forwards", cost.forwards())
                .put("batches", cost.batches())
                .put("gradients", cost.gradients())
                .put("previews", cost.previews())
                .put("decodes", cost.decodes())
                .put("verifier_calls", cost.verifierCalls());
        out.put("text_ms", Durations.millis(found.times().text()));
        out.put("total_ms", Durations.millis(found.times().total()));
        out.put("contact_sheet", folder.sheet(prompt).getFileName().toString());
        ArrayNode candidates = out.putArray("candidates");
        List<Scored> ranked = found.ranked();
        for (int i = 0; i < ranked.size(); i++) {
            candidate(candidates.addObject(), prompt, ranked.get(i), i + 1, found.verifiers());
        }
    }

    private void candidate(ObjectNode out, int prompt, Scored scored, int rank, List<String> verifiers) {
        long seed = scored.candidate().seed();
        out.put("file", folder.image(prompt, seed).getFileName().toString());
        out.put("id", scored.candidate().id()).put("seed", seed).put("rank", rank);
        put(out, "score", (float) scored.score().orElse(Double.NaN));
        ObjectNode parts = out.putObject("scores");
        for (int i = 0; i < verifiers.size(); i++) {
            put(parts, verifiers.get(i), scored.parts()[i]);
        }
        out.put("forwards", scored.forwards());
        out.put("denoise_ms", Durations.millis(scored.denoise()));
        out.put("decode_ms", Durations.millis(scored.decode()));
        out.put("verify_ms", Durations.millis(scored.verify()));
    }

    /** Writes the file, at once. */
    void write() {
        AtomicFile.write(folder.report(), MAPPER.writeValueAsBytes(root));
    }

    private static void verifiers(ObjectNode out, EngineOptions options) {
        ArrayNode list = out.putArray("verifiers");
        for (VerifierSpec verifier : options.verifiers()) {
            Member member = verifier.member();
            ObjectNode one = list.addObject().put("name", member.name());
            one.put("source", VerifierOptions.source(verifier));
            one.put("weight", member.heldOut() ? null : member.weight()).put("held_out", member.heldOut());
        }
        out.put("ensemble", Converters.name(options.ensemble()));
    }

    // JSON has no NaN
    private static void put(ObjectNode out, String name, float value) {
        out.put(name, Float.isFinite(value) ? value : null);
    }

    private static void put(ObjectNode out, String name, Optional<Path> path) {
        out.put(name, path.map(Path::toString).orElse(null));
    }
}

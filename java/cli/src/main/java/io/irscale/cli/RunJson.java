package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.ModelFiles;
import io.irscale.VerifierSpec;
import io.irscale.decode.CountRange;
import io.irscale.file.AtomicFile;
import io.irscale.search.Ledger;
import io.irscale.search.Scored;
import io.irscale.verify.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a run did, as {@code run.json}: settings, exact costs, times and candidates. */
public final class RunJson {
    /** The file's name. */
    public static final String FILE = "run.json";

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path file;
    private final ObjectNode root = MAPPER.createObjectNode();
    private final ObjectNode options;

    /** The part that is known before the first image; all requests differ in their prompts only. */
    public RunJson(RunSetup setup, LoadedRun loaded, GenerateRequest request) {
        EngineOptions engine = setup.options();
        file = setup.folder().file(FILE);
        root.put("irscale", Version.text()).put("libtorch", loaded.torch());
        root.put("device", engine.device().toString()).put("dtype", Converters.name(engine.dtype()));
        root.put("load_ms", Durations.millis(loaded.time()));
        loaded.loras().write(root);
        root.put("ai_generated", true).put("units", "relative");
        options = root.putObject("options");
        options(options, setup, request);
        root.putArray("prompts");
    }

    /** What a run of one command is told from others by, before anything is loaded; its prompts come from {@code requests}. */
    public static ObjectNode identity(RunSetup setup, List<GenerateRequest> requests) {
        ObjectNode run = MAPPER.createObjectNode();
        run.put("irscale", Version.text())
                .put("device", setup.options().device().toString());
        run.put("dtype", Converters.name(setup.options().dtype()));
        setup.loras().describe(run);
        options(run.putObject("options"), setup, requests.getFirst());
        ArrayNode prompts = run.putArray("prompts");
        requests.forEach(request -> prompts.add(request.prompt()));
        return run;
    }

    private static void options(ObjectNode options, RunSetup setup, GenerateRequest request) {
        EngineOptions engine = setup.options();
        ModelFiles files = engine.files();
        options.put("model", files.model().toString());
        put(options, "transformer", files.transformer());
        put(options, "vae", files.vae());
        put(options, "text_encoder", files.textEncoder());
        put(options, "text_encoder_2", files.textEncoder2());
        put(options, "tokenizers", files.tokenizers());
        verifiers(options, engine);
        options.put("seed", Converters.seed(request.seed()));
        options.put("steps", request.steps()).put("guidance", request.guidance());
        options.put("true_cfg", request.trueCfg());
        options.put("negative", request.guided() ? request.negative() : null);
        options.put("height", request.height()).put("width", request.width());
        options.put("max_sequence_length", request.maxSequenceLength());
        options.put("batch", request.batch().isPresent() ? request.batch().getAsInt() : null);
        options.put("format", setup.format().toString());
        options.put("range", setup.range().map(CountRange::toString).orElse(null));
    }

    /** The run's settings. */
    public ObjectNode options() {
        return options;
    }

    /** One more prompt's outcome. */
    public ObjectNode addPrompt(String text) {
        return ((ArrayNode) root.path("prompts")).addObject().put("prompt", text);
    }

    /** A prompt's outcome of the process before this one. */
    public void addPrompt(ObjectNode outcome) {
        ((ArrayNode) root.path("prompts")).add(outcome);
    }

    /** Exact counts. */
    public static void ledger(ObjectNode out, Ledger.Counts cost) {
        out.putObject("ledger")
                .put("text_encodings", cost.textEncodings())
                .put("plans", cost.plans())
                .put("forwards", cost.forwards())
                .put("batches", cost.batches())
                .put("gradients", cost.gradients())
                .put("previews", cost.previews())
                .put("decodes", cost.decodes())
                .put("verifier_calls", cost.verifierCalls());
    }

    /** A finished candidate; {@code verifiers} are the names of the parts of its score. */
    public static void candidate(ObjectNode out, String image, Scored scored, int rank, List<String> verifiers) {
        out.put("file", image);
        out.put("id", scored.candidate().id())
                .put("seed", Converters.seed(scored.candidate().seed()))
                .put("rank", rank);
        put(out, "score", scored.score().orElse(Double.NaN));
        ObjectNode parts = out.putObject("scores");
        for (int i = 0; i < verifiers.size(); i++) {
            put(parts, verifiers.get(i), scored.parts()[i]);
        }
        out.put("forwards", scored.forwards());
        out.put("denoise_ms", Durations.millis(scored.denoise()));
        out.put("decode_ms", Durations.millis(scored.decode()));
        out.put("verify_ms", Durations.millis(scored.verify()));
    }

    /** A score with the verifiers' own digits; JSON has no NaN, so that is null. */
    public static void put(ObjectNode out, String name, double score) {
        out.put(name, Double.isFinite(score) ? (float) score : null);
    }

    /** Writes the file, at once. */
    public void write() {
        AtomicFile.write(file, MAPPER.writeValueAsBytes(root));
    }

    private static void verifiers(ObjectNode out, EngineOptions engine) {
        ArrayNode list = out.putArray("verifiers");
        for (VerifierSpec verifier : engine.verifiers()) {
            Member member = verifier.member();
            ObjectNode one = list.addObject().put("name", member.name());
            one.put("source", VerifierOptions.source(verifier));
            one.put("weight", member.heldOut() ? null : member.weight()).put("held_out", member.heldOut());
        }
        out.put("ensemble", Converters.name(engine.ensemble()));
    }

    private static void put(ObjectNode out, String name, Optional<Path> path) {
        out.put(name, path.map(Path::toString).orElse(null));
    }
}

package io.irscale.cli;

import io.irscale.GenerateRequest;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code run.json} of {@code generate}. */
final class GenerateJson {
    private final RunJson json;
    private final GenerateFiles files;

    GenerateJson(RunSetup setup, LoadedRun loaded, GenerateRequest request, GenerateFiles files) {
        this.json = new RunJson(setup, loaded, request);
        this.files = files;
        json.options().put("candidates", request.candidates());
    }

    /** What tells this run from others. */
    static ObjectNode identity(RunSetup setup, List<GenerateRequest> requests) {
        return RunJson.identity(setup, requests)
                .put("candidates", requests.getFirst().candidates());
    }

    /** A prompt's outcome of the process before this one. */
    void add(ObjectNode outcome) {
        json.addPrompt(outcome);
    }

    /** One prompt's outcome, best first. */
    ObjectNode add(int prompt, String text, SearchResult found) {
        ObjectNode out = json.addPrompt(text);
        RunJson.ledger(out, found.cost());
        out.put("text_ms", Durations.millis(found.times().text()));
        out.put("total_ms", Durations.millis(found.times().total()));
        out.put("contact_sheet", files.sheet(prompt));
        ArrayNode candidates = out.putArray("candidates");
        List<Scored> ranked = found.ranked();
        for (int i = 0; i < ranked.size(); i++) {
            Scored scored = ranked.get(i);
            String image = GenerateFiles.image(prompt, scored.candidate().seed());
            RunJson.candidate(candidates.addObject(), image, scored, i + 1, found.verifiers());
        }
        return out;
    }

    void write() {
        json.write();
    }
}

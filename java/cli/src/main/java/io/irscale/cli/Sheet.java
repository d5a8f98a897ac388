package io.irscale.cli;

import io.irscale.GenerateRequest;
import io.irscale.report.ContactSheet;
import io.irscale.report.SheetCell;
import io.irscale.search.Candidate;
import io.irscale.search.Scored;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Gathers the best candidates of a prompt for its contact sheet. */
final class Sheet {
    private final TreeMap<Scored, SheetCell> best = new TreeMap<>(Scored.BEST_FIRST);

    void add(Scored scored, SheetCell cell) {
        best.put(scored, cell);
        if (best.size() > ContactSheet.MOST) {
            best.pollLastEntry();
        }
    }

    /** Writes the sheet, best first; without scores in order of the seeds. */
    void write(Path file, GenerateRequest request, List<Scored> ranked, Map<String, String> texts) {
        // A mean rank changed with every candidate that came: the last word is the ranking's.
        Map<Candidate, SheetCell> gathered = new HashMap<>();
        best.forEach((scored, cell) -> gathered.put(scored.candidate(), cell));
        List<SheetCell> cells = new ArrayList<>();
        for (Scored scored : ranked) {
            SheetCell cell = gathered.get(scored.candidate());
            if (cell != null) {
                boolean first = scored.score().isPresent() && cells.isEmpty();
                cells.add(cell.with(captions(scored, cells.size() + 1), first));
            }
        }
        String some = best.size() < request.candidates()
                ? "%d of %d candidates: ".formatted(best.size(), request.candidates())
                : "";
        ContactSheet.write(file, some + OneLine.of(request.prompt()), cells, texts);
    }

    private static List<String> captions(Scored scored, int rank) {
        String seed = "seed " + Converters.seed(scored.candidate().seed());
        return scored.score().isPresent()
                ? List.of(
                        String.format(
                                Locale.ROOT, "#%d   %.4f", rank, scored.score().getAsDouble()),
                        seed)
                : List.of(seed);
    }
}

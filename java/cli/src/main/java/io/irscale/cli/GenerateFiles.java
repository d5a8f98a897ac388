package io.irscale.cli;

import io.irscale.GenerateRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names of the images that {@code generate} writes. */
final class GenerateFiles {
    private final int prompts;
    private final Set<String> all = new HashSet<>();

    GenerateFiles(List<GenerateRequest> requests) {
        prompts = requests.size();
        for (int prompt = 0; prompt < prompts; prompt++) {
            GenerateRequest request = requests.get(prompt);
            all.add(sheet(prompt));
            for (int i = 0; i < request.candidates(); i++) {
                all.add(image(prompt, request.seed() + i));
            }
        }
    }

    /** Whether it is one of them, contact sheets included. */
    boolean has(String name) {
        return all.contains(name);
    }

    /** The image of one prompt's candidate. */
    static String image(int prompt, long seed) {
        return "%03d-seed%d.png".formatted(prompt, Converters.seed(seed));
    }

    /** The contact sheet of one prompt. */
    String sheet(int prompt) {
        return prompts == 1 ? "contact-sheet.png" : "%03d-contact-sheet.png".formatted(prompt);
    }
}

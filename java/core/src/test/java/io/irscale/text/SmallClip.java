package io.irscale.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A CLIP tokenizer of 516 tokens: every byte, alone and at the end of a word, two merges, BOS and EOS. */
final class SmallClip {
    static final int HOT = 513;
    static final int BOS = 514;
    static final int EOS = 515;

    private SmallClip() {}

    static void write(Path folder) throws IOException {
        ObjectNode vocabulary = new JsonMapper().createObjectNode();
        for (String end : new String[] {"", "</w>"}) {
            int shifted = 256;
            for (int b = 0; b < 256; b++) {
                boolean printable = (b > 32 && b < 127) || (b > 160 && b != 173);
                vocabulary.put(Character.toString(printable ? b : shifted++) + end, vocabulary.size());
            }
        }
        vocabulary
                .put("ho", 512)
                .put("hot</w>", HOT)
                .put("<|startoftext|>", BOS)
                .put("<|endoftext|>", EOS);
        Files.writeString(folder.resolve("vocab.json"), vocabulary.toString());
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nh o\nho t</w>\n");
    }

    /** The id of an ASCII character inside a word. */
    static int inside(char character) {
        return character;
    }

    /** The id of an ASCII character at the end of a word. */
    static int last(char character) {
        return 256 + character;
    }
}

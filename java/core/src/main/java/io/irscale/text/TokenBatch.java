package io.irscale.text;

import io.irscale.error.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Token ids of several prompts as native memory.
 *
 * @param rows prompts
 * @param tokens ids a prompt
 * @param ids (rows, tokens) of I64
 */
record TokenBatch(int rows, int tokens, MemorySegment ids) {

    static TokenBatch of(Arena arena, List<TokenIds> prompts) {
        if (prompts.isEmpty()) {
            throw new InvalidInputException("the list of prompts is empty, expected at least 1");
        }
        int tokens = prompts.getFirst().ids().length;
        MemorySegment memory = arena.allocate(ValueLayout.JAVA_LONG, (long) tokens * prompts.size());
        for (int row = 0; row < prompts.size(); row++) {
            int[] ids = prompts.get(row).ids();
            if (ids.length != tokens) {
                throw new InvalidInputException(
                        "prompt %d has %d token ids, prompt 0 has %d".formatted(row, ids.length, tokens));
            }
            for (int i = 0; i < tokens; i++) {
                memory.setAtIndex(ValueLayout.JAVA_LONG, (long) row * tokens + i, ids[i]);
            }
        }
        return new TokenBatch(prompts.size(), tokens, memory);
    }
}

/* Speaks a text with flite and writes when each word is spoken: VOICE STRETCH TEXT OUT.wav OUT.tsv */
#include <flite/flite.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cst_voice *register_cmu_us_kal16(const char *);
cst_voice *register_cmu_us_slt(const char *);
cst_voice *register_cmu_us_rms(const char *);
cst_voice *register_cmu_us_awb(const char *);

static cst_voice *voice_named(const char *name) {
  if (!strcmp(name, "slt")) return register_cmu_us_slt(NULL);
  if (!strcmp(name, "rms")) return register_cmu_us_rms(NULL);
  if (!strcmp(name, "awb")) return register_cmu_us_awb(NULL);
  return register_cmu_us_kal16(NULL);
}

int main(int count, char **words) {
  if (count != 6) return 2;
  flite_init();
  cst_voice *voice = voice_named(words[1]);
  feat_set_float(voice->features, "duration_stretch", atof(words[2]));
  cst_utterance *spoken = flite_synth_text(words[3], voice);
  cst_wave_save_riff(utt_wave(spoken), words[4]);
  FILE *out = fopen(words[5], "w");
  if (!out) return 1;
  cst_item *word = relation_head(utt_relation(spoken, "Word"));
  for (; word; word = item_next(word)) {
    cst_item *structure = item_as(word, "SylStructure");
    cst_item *first_syllable = structure ? item_daughter(structure) : NULL;
    if (!first_syllable) continue;
    cst_item *first = item_daughter(first_syllable);
    cst_item *last = item_last_daughter(item_last_daughter(structure));
    if (!first || !last) continue;
    cst_item *before = item_prev(item_as(first, "Segment"));
    fprintf(out, "%s\t%f\t%f\n", item_feat_string(word, "name"), before ? item_feat_float(before, "end") : 0.0,
            item_feat_float(item_as(last, "Segment"), "end"));
  }
  fclose(out);
  return 0;
}

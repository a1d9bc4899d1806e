// What html-validate holds pages to: everything it recommends, but for what is said here.
export default {
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    // The passphrase of a key file is not for a browser to keep.
    'autocomplete-password': 'off',
    // JSON in an attribute stands in single quotes.
    'attr-quotes': ['error', { style: 'any' }],
    // A field is a line of text unless it says otherwise.
    'no-implicit-input-type': 'off',
    // Programs that one speaks to find a field by `for`, also where the label stands around it.
    'no-redundant-for': 'off',
    // Safari takes the meaning of a list away with its bullets; the role gives it back.
    'no-redundant-role': 'off',
    // Phrases are chosen from a list that a field filters, which <select> cannot be.
    'prefer-native-element': ['error', { exclude: ['list', 'listbox'] }],
    // A macro's empty choices leave blanks at the ends of lines; they weigh nothing once compressed.
    'no-trailing-whitespace': 'off',
    // base.css keeps every telephone number on one line.
    'tel-non-breaking': 'off',
    // A heading "1. Titta på lampan" has the anchor "1-titta-pa-lampan", which HTML allows.
    'valid-id': ['error', { relaxed: true }],
  },
};

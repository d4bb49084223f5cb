/** Shells that completion is offered for. */
export const shells = ["bash", "zsh", "fish"] as const;

/** A shell that completion is offered for. */
export type Shell = (typeof shells)[number];

/**
 * What a shell runs to complete `spacelift`. Each asks the program itself, which prints a candidate and its description
 * per line, so that a script need not be renewed with the program.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `# spacelift completion for bash. In ~/.bashrc: source <(spacelift completion bash)
_spacelift() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _spacelift spacelift
`,
  zsh: `#compdef spacelift
# spacelift completion for zsh. In ~/.zshrc, after compinit: source <(spacelift completion zsh)
_spacelift() {
  local -a candidates
  local line
  while IFS= read -r line; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then
    _describe spacelift candidates
  else
    _files
  fi
}
compdef _spacelift spacelift
`,
  fish: `# spacelift completion for fish. In ~/.config/fish/config.fish: spacelift completion fish | source
complete -c spacelift -f -a '(spacelift __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

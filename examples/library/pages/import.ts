/** The import of titles and members: choosing a file, and each thing that can come of it. */
import { type Html, html } from '../html.ts';
import type { ImportState } from '../import/import-jobs.ts';
import { memberColumns } from '../import/import-members.ts';
import { titleColumns } from '../import/import-titles.ts';
import { type ImportKind, type ImportReport, MAX_IMPORT_BYTES } from '../import/importer.ts';
import type { ImportProblem } from '../import/problems.ts';
import type { ImportCounts } from '../import/staging.ts';
import { type DataTexts, dataTextsFor } from '../texts/data-texts.ts';
import { count, fill, formatNumber } from './format.ts';
import { type PageContext, renderPage } from './layout.ts';

/** Why a file was not even looked at. */
export type UploadRefusal = 'chooseFile' | 'tooBig' | 'busy' | 'gone' | 'connectionLost';

const SCRIPTS = ['/import.js'];

const MAX_MEGABYTES = MAX_IMPORT_BYTES / 1024 / 1024;

/** Where a file is chosen; with a sentence when the last one was not taken. */
export function importPage(context: PageContext, refusal?: UploadRefusal): string {
  const t = dataTextsFor(context.language);
  const body = html`
      ${refusal && refusalBox(t, refusal)}
      <p class="lead">${t.importLead} ${t.importFirst}</p>
      <div class="columns">
        <form class="sheet" id="upload" method="post" action="/desk/import" enctype="multipart/form-data" data-lost="${t.connectionLost}">
          <fieldset class="field">
            <legend>${t.importKind}</legend>
            ${kindChoice('titles', t.titles, true)}
            ${kindChoice('members', t.members, false)}
          </fieldset>
          <div class="field">
            <label for="file">${t.file}</label>
            <p class="hint" id="file-hint">${fill(t.fileHint, { size: MAX_MEGABYTES })}</p>
            <input id="file" name="file" type="file" required accept=".csv,text/csv" aria-describedby="file-hint">
          </div>
          <button class="button">${t.check}</button>
        </form>
        ${progressBox(t, { title: t.reading, text: t.readSoFar })}
        <section class="sheet" aria-labelledby="columns">
          <h2 id="columns">${t.columnsTitle}</h2>
          <p>${t.columnsLead}</p>
          ${columnList(t, 'titles')}
          ${columnList(t, 'members')}
        </section>
      </div>`;
  return renderPage(context, { title: t.importTitle, body, place: 'import', scripts: SCRIPTS });
}

/** An import, wherever it is. */
export function importJobPage(
  context: PageContext,
  job: { readonly id: string; readonly state: ImportState },
): string {
  const t = dataTextsFor(context.language);
  const { title, body } = jobParts(context, t, job);
  return renderPage(context, { title, body, place: 'import', scripts: SCRIPTS });
}

function jobParts(
  context: PageContext,
  t: DataTexts,
  { id, state }: { readonly id: string; readonly state: ImportState },
): { readonly title: string; readonly body: Html } {
  switch (state.kind) {
    case 'reading':
      return { title: t.reading, body: waitingBody(t, id) };
    case 'checked':
      return state.report.counts
        ? { title: t.checkedTitle, body: checkedBody(context, t, { id, report: state.report }) }
        : { title: t.problemsTitle, body: problemsBody(context, t, state.report) };
    case 'applying':
      return { title: t.applyingTitle, body: waitingBody(t, id) };
    case 'applied':
      return {
        title: t.appliedTitle,
        body: html`
      <div class="sheet">
        ${countList(context, { ...state.counts, labels: [t.added, t.updated, t.copiesAdded] })}
        <p>${otherFile(t)}</p>
      </div>`,
      };
    case 'cancelled':
      return { title: t.cancelledTitle, body: overBody(t, t.cancelledLead) };
    case 'failed':
      return { title: t.failedTitle, body: overBody(t, t.failedLead) };
  }
}

function checkedBody(
  context: PageContext,
  t: DataTexts,
  { id, report }: { readonly id: string; readonly report: ImportReport },
): Html {
  const labels = [t.toAdd, t.toUpdate, t.copiesToAdd] as const;
  return html`
      <div class="sheet">
        <p class="lead">${t.checkedLead}</p>
        ${report.counts && countList(context, { ...report.counts, labels })}
        ${ignoredColumns(t, report)}
        <div class="row">
          <form id="apply" method="post" action="/desk/import/${id}/apply" data-state="/desk/import/${id}/state"><button class="button">${t.importNow}</button></form>
          <form method="post" action="/desk/import/${id}/cancel"><button class="button quiet">${t.cancel}</button></form>
        </div>
      </div>
      ${progressBox(t, { title: t.applyingTitle, text: t.writtenSoFar })}`;
}

function problemsBody(context: PageContext, t: DataTexts, report: ImportReport): Html {
  const { language } = context;
  const rows = report.problems.map(
    (problem) => html`
            <tr>
              <th scope="row" data-label="${t.row}">${formatNumber(language, problem.row)}</th>
              <td data-label="${t.column}">${problem.column ?? '–'}</td>
              <td data-label="${t.whatIsWrong}">${describe(context, t, problem)}</td>
            </tr>`,
  );
  const isCut = report.problems.length < report.problemCount;
  const cut = fill(t.problemsMore, { n: formatNumber(language, report.problems.length) });
  return html`
      <div class="notice wrong" role="alert"><p>${count(language, t.problemsCount, report.problemCount)} ${t.problemsNext}</p></div>
      <div class="sheet">
        <p>${t.problemsRows} ${isCut ? cut : undefined}</p>
        ${ignoredColumns(t, report)}
        <table class="cards">
          <thead><tr><th scope="col">${t.row}</th><th scope="col">${t.column}</th><th scope="col">${t.whatIsWrong}</th></tr></thead>
          <tbody>${rows}
          </tbody>
        </table>
      </div>
      <p>${otherFile(t)}</p>`;
}

/** What is wrong, in a sentence with the value and the limits of this problem. */
function describe({ language }: PageContext, t: DataTexts, problem: ImportProblem): string {
  const { kind, limit, firstRow, value } = problem;
  // A year is not written with a thousands separator; a number of rows is.
  const isYear = kind === 'year' || kind === 'birth-year';
  return fill(t.wrong[kind], {
    value: value ?? '',
    ...(limit !== undefined && { limit: isYear ? limit : formatNumber(language, limit) }),
    ...(firstRow !== undefined && { firstRow: formatNumber(language, firstRow) }),
  });
}

function countList(
  { language }: PageContext,
  options: ImportCounts & { readonly labels: readonly [string, string, string] },
): Html {
  const t = dataTextsFor(language);
  const [added, updated, copies] = options.labels;
  const lines: readonly (readonly [string, number])[] = [
    [t.rows, options.rows],
    [added, options.added],
    [updated, options.updated],
    [t.unchanged, options.unchanged],
    ...(options.copies > 0 ? [[copies, options.copies] as const] : []),
  ];
  return html`<dl class="facts">${lines.map(([name, n]) => html`<dt>${name}</dt><dd>${formatNumber(language, n)}</dd>`)}</dl>`;
}

function ignoredColumns(t: DataTexts, { ignoredColumns: names }: ImportReport): Html | undefined {
  if (names.length === 0) return undefined;
  return html`<p class="notice look">${fill(t.ignoredColumns, { columns: names.join(', ') })}</p>`;
}

/** Without scripts, for whoever opens the page while the import is under way. */
function waitingBody(t: DataTexts, id: string): Html {
  return html`
      <div class="sheet row">
        <a class="button" href="/desk/import/${id}">${t.lookAgain}</a>
        <form method="post" action="/desk/import/${id}/cancel"><button class="button quiet">${t.cancel}</button></form>
      </div>`;
}

function overBody(t: DataTexts, sentence: string): Html {
  return html`
      <div class="sheet"><p class="lead">${sentence}</p><p>${otherFile(t)}</p></div>`;
}

function otherFile(t: DataTexts): Html {
  return html`<a class="button quiet" href="/desk/import">${t.otherFile}</a>`;
}

/** Hidden until import.js has something to show in it. The heading is read out, the counting is not. */
function progressBox(
  t: DataTexts,
  { title, text }: { readonly title: string; readonly text: string },
): Html {
  return html`<section class="sheet" id="progress" aria-labelledby="progress-title" hidden>
          <h2 id="progress-title" tabindex="-1">${title}</h2>
          <progress id="bar" max="1" value="0" aria-labelledby="progress-title"></progress>
          <p id="counts" data-text="${text}"></p>
          <button class="button quiet" type="button" id="stop">${t.cancel}</button>
        </section>`;
}

function refusalBox(t: DataTexts, refusal: UploadRefusal): Html {
  const sentence = fill(t[refusal], { size: MAX_MEGABYTES });
  return html`<div class="notice wrong" role="alert"><p>${sentence}</p></div>`;
}

function kindChoice(kind: ImportKind, text: string, isChecked: boolean): Html {
  const mark = isChecked ? html` checked` : undefined;
  return html`<label class="check"><input type="radio" name="kind" value="${kind}" required${mark}>${text}</label>`;
}

function columnList(t: DataTexts, kind: ImportKind): Html {
  const meanings: Readonly<Record<string, string>> =
    kind === 'titles'
      ? {
          number: t.titleNumber,
          title: t.titleTitle,
          author: t.titleAuthor,
          year: t.titleYear,
          language: t.titleLanguage,
          audience: t.titleAudience,
          shelf: t.titleShelf,
          copies: t.titleCopies,
        }
      : { number: t.memberNumber, name: t.memberName, birth_year: t.memberBirthYear };
  // The year bounds values, not columns.
  const columns = kind === 'titles' ? titleColumns(0) : memberColumns(0);
  const lines = Object.entries(columns).map(
    ([name, { isRequired }]) =>
      html`<dt><code>${name}</code></dt><dd>${meanings[name]}${isRequired ? undefined : html` <span class="by">(${t.mayBeMissing})</span>`}</dd>`,
  );
  return html`<details><summary>${kind === 'titles' ? t.titleColumns : t.memberColumns}</summary><dl class="facts columns-of">${lines}</dl></details>`;
}

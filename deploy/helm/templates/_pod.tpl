{{/* Labels of what a component has. The argument is its name. */}}
{{- define "lode.labels" -}}
app.kubernetes.io/name: lode
app.kubernetes.io/component: {{ . }}
{{- end }}

{{/* What all pods have: no account of the cluster, a user without rights. */}}
{{- define "lode.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* What no container may do. */}}
{{- define "lode.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* What all containers of Lode have. The argument is the root. */}}
{{- define "lode.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
securityContext: {{- include "lode.confined" . | nindent 2 }}
volumeMounts:
  - {name: secrets, mountPath: /run/secrets/lode, readOnly: true}
  - {name: home, mountPath: /var/lib/lode}
  - {name: tmp, mountPath: /tmp}
{{- end }}

{{/* Settings as text by name. The argument is the root. */}}
{{- define "lode.settings" -}}
LODE_URL: {{ printf "https://%s" (required "set host to the public address, such as minerals.example.org" .Values.host) | quote }}
{{- if and .Values.valkey.enabled (not .Values.settings.LODE_RATE_LIMIT_STORE) }}
LODE_RATE_LIMIT_STORE: valkey://valkey:6379
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* The variables of mail; without the secret no mail is sent. The argument is the root. */}}
{{- define "lode.mail" -}}
- name: LODE_SMTP
  valueFrom:
    secretKeyRef: {name: {{ .Values.secrets.mail }}, key: smtp, optional: true}
- name: LODE_MAIL_FROM
  valueFrom:
    secretKeyRef: {name: {{ .Values.secrets.mail }}, key: from, optional: true}
{{- end }}

{{/* The logins of the site, which has none that changes data. The argument is the root. */}}
{{- define "lode.site" -}}
- {name: LODE_SITE_DATABASE_URL_FILE, value: /run/secrets/lode/site_database_url}
- {name: LODE_DESK_DATABASE_URL_FILE, value: /run/secrets/lode/desk_database_url}
- name: LODE_DATABASE_READ_URL
  valueFrom:
    secretKeyRef: {name: {{ .Values.secrets.readDatabase }}, key: read_database_url, optional: true}
{{- end }}

{{/* The volumes; each pod has its own downloads. The argument is the name of the secret. */}}
{{- define "lode.volumes" -}}
- name: secrets
  secret:
    secretName: {{ . }}
- name: home
  emptyDir: {sizeLimit: 4Gi}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
{{- end }}

{{/* A deployment that serves pages, and its service. The arguments are the root, the component and its values. */}}
{{- define "lode.web" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  labels: {{- include "lode.labels" .name | nindent 4 }}
spec:
  replicas: {{ .values.replicas }}
  selector:
    matchLabels: {{- include "lode.labels" .name | nindent 6 }}
  template:
    metadata:
      labels: {{- include "lode.labels" .name | nindent 8 }}
      annotations:
        # a changed setting starts the pods anew
        checksum/settings: {{ include "lode.settings" .root | sha256sum }}
    spec:
      {{- include "lode.pod" . | nindent 6 }}
      terminationGracePeriodSeconds: 60
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{- include "lode.labels" .name | nindent 14 }}
      containers:
        - name: lode
          {{- include "lode.container" .root | nindent 10 }}
          args: [serve]
          envFrom:
            - configMapRef: {name: lode-settings}
          env:
            {{- include "lode.site" .root | nindent 12 }}
            {{- include "lode.mail" .root | nindent 12 }}
          ports:
            - {name: http, containerPort: 8000}
          # a site of another version than the database ends, and is started again
          startupProbe:
            httpGet: {path: /healthz, port: http}
            periodSeconds: 3
            failureThreshold: 60
          livenessProbe:
            httpGet: {path: /healthz, port: http}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: {path: /readyz, port: http}
            periodSeconds: 5
            timeoutSeconds: 4
          resources: {{- toYaml .values.resources | nindent 12 }}
      volumes: {{- include "lode.volumes" .root.Values.secrets.siteDatabase | nindent 8 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels: {{- include "lode.labels" .name | nindent 4 }}
spec:
  selector: {{- include "lode.labels" .name | nindent 4 }}
  ports:
    - {name: http, port: 80, targetPort: http}
{{- end }}

{{/* A cron job. The arguments are the root, its name, its schedule and what its container runs. */}}
{{- define "lode.cron" -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ .name }}
  labels: {{- include "lode.labels" "notify" | nindent 4 }}
spec:
  schedule: {{ .schedule | quote }}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: 7200
      template:
        metadata:
          labels: {{- include "lode.labels" "notify" | nindent 12 }}
        spec:
          {{- include "lode.pod" . | nindent 10 }}
          restartPolicy: Never
          containers:
            - name: lode
              {{- include "lode.container" .root | nindent 14 }}
              {{- toYaml .run | nindent 14 }}
              envFrom:
                - configMapRef: {name: lode-settings}
              env:
                - {name: LODE_DATABASE_URL_FILE, value: /run/secrets/lode/database_url}
                {{- include "lode.mail" .root | nindent 16 }}
              resources: {{- toYaml .root.Values.notify.resources | nindent 16 }}
          volumes: {{- include "lode.volumes" .root.Values.secrets.ownerDatabase | nindent 12 }}
{{- end }}

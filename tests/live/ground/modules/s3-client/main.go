// Sends a server of S3 what terraform-provider-minio 1.20.1 sends it for a bucket, its versioning and its lifecycle rule, by
// the calls of minio-go that the provider makes, with the client set up as the provider sets it up: without a region.
// Its one argument is a request in JSON; it prints what came of it, or ends with an error.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/lifecycle"
)

type request struct {
	Endpoint  string
	AccessKey string
	SecretKey string
	Region    string
	// create, read, delete, or presign
	Operation string
	Bucket    string
	// Object to give a URL for.
	Object     string
	Versioned  bool
	Expire     int
	Noncurrent int
}

type answer struct {
	Exists     bool
	Versioning string
	Rules      []rule
	URL        string `json:",omitempty"`
}

type rule struct {
	ID         string
	Status     string
	Prefix     string
	Expire     int
	Noncurrent int
}

func carryOut(ctx context.Context, asked request) (answer, error) {
	client, err := minio.New(asked.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(asked.AccessKey, asked.SecretKey, ""),
	})
	if err != nil {
		return answer{}, err
	}
	switch asked.Operation {
	case "create":
		if err := create(ctx, client, asked); err != nil {
			return answer{}, err
		}
		return read(ctx, client, asked)
	case "read":
		return read(ctx, client, asked)
	case "delete":
		return answer{}, remove(ctx, client, asked)
	case "presign":
		signed, err := client.PresignedGetObject(ctx, asked.Bucket, asked.Object, time.Minute, nil)
		if err != nil {
			return answer{}, err
		}
		return answer{URL: signed.String()}, nil
	}
	return answer{}, fmt.Errorf("no such operation: %s", asked.Operation)
}

func create(ctx context.Context, client *minio.Client, asked request) error {
	exists, err := client.BucketExists(ctx, asked.Bucket)
	if err != nil {
		return fmt.Errorf("unable to check bucket: %w", err)
	}
	if exists {
		return fmt.Errorf("bucket already exists: %s", asked.Bucket)
	}
	if err := client.MakeBucket(ctx, asked.Bucket, minio.MakeBucketOptions{Region: asked.Region}); err != nil {
		return fmt.Errorf("unable to create bucket: %w", err)
	}
	if asked.Versioned {
		enabled := minio.BucketVersioningConfiguration{Status: minio.Enabled}
		if err := client.SetBucketVersioning(ctx, asked.Bucket, enabled); err != nil {
			return fmt.Errorf("error putting bucket versioning configuration: %w", err)
		}
	}
	if asked.Expire == 0 && asked.Noncurrent == 0 {
		return nil
	}
	rules := lifecycle.NewConfiguration()
	rules.Rules = []lifecycle.Rule{{
		ID:                          "retention",
		Status:                      "Enabled",
		Expiration:                  lifecycle.Expiration{Days: lifecycle.ExpirationDays(asked.Expire)},
		NoncurrentVersionExpiration: lifecycle.NoncurrentVersionExpiration{NoncurrentDays: lifecycle.ExpirationDays(asked.Noncurrent)},
	}}
	if err := client.SetBucketLifecycle(ctx, asked.Bucket, rules); err != nil {
		return fmt.Errorf("creating bucket lifecycle failed: %w", err)
	}
	return nil
}

func read(ctx context.Context, client *minio.Client, asked request) (answer, error) {
	exists, err := client.BucketExists(ctx, asked.Bucket)
	if err != nil || !exists {
		return answer{}, err
	}
	found := answer{Exists: true, Rules: []rule{}}
	if asked.Versioned {
		versioning, err := client.GetBucketVersioning(ctx, asked.Bucket)
		if err != nil {
			return answer{}, fmt.Errorf("failed to load bucket versioning: %w", err)
		}
		found.Versioning = versioning.Status
	}
	if asked.Expire == 0 && asked.Noncurrent == 0 {
		return found, nil
	}
	rules, err := client.GetBucketLifecycle(ctx, asked.Bucket)
	if err != nil {
		return answer{}, fmt.Errorf("reading lifecycle configuration failed: %w", err)
	}
	for _, each := range rules.Rules {
		found.Rules = append(found.Rules, rule{
			ID:         each.ID,
			Status:     each.Status,
			Prefix:     each.RuleFilter.Prefix,
			Expire:     int(each.Expiration.Days),
			Noncurrent: int(each.NoncurrentVersionExpiration.NoncurrentDays),
		})
	}
	return found, nil
}

// As for a bucket that is kept: its rule goes by itself. Of one that is deleted, nothing but the bucket is.
func remove(ctx context.Context, client *minio.Client, asked request) error {
	if asked.Expire != 0 || asked.Noncurrent != 0 {
		if err := client.SetBucketLifecycle(ctx, asked.Bucket, lifecycle.NewConfiguration()); err != nil {
			return fmt.Errorf("deleting lifecycle configuration failed: %w", err)
		}
	}
	if err := client.RemoveBucket(ctx, asked.Bucket); err != nil {
		return fmt.Errorf("unable to remove bucket: %w", err)
	}
	return nil
}

func main() {
	var asked request
	err := json.Unmarshal([]byte(os.Args[1]), &asked)
	if err == nil {
		var found answer
		if found, err = carryOut(context.Background(), asked); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(found)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
